//! URLs taken apart by the rules of `java.net.URI`: RFC 2396, with other letters than ASCII allowed.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The parts of a URL, as they stand in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Uri<'a> {
    pub(super) scheme: Option<&'a str>,
    /// Only where the whole authority is a server's: no host stands in `http://a_b/`.
    pub(super) host: Option<&'a str>,
    pub(super) port: Option<i32>,
    /// None in `mailto:x`.
    pub(super) path: Option<&'a str>,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Uri<'a> {
    /// Takes a text apart; `None` if it is no URL.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut uri = Self::default();
        let rest = match text.split_once('#') {
            Some((rest, fragment)) => {
                uri.fragment = Some(legal(fragment, is_uric)?);
                rest
            }
            None => text,
        };
        let mut rest = rest;
        let mut opaque = false;
        if let Some(at) = rest.find([':', '/', '?']).filter(|at| rest[*at..].starts_with(':')) {
            let (scheme, after) = rest.split_at(at);
            uri.scheme = Some(scheme).filter(|scheme| is_scheme(scheme));
            uri.scheme?;
            rest = &after[1..];
            if rest.is_empty() {
                return None;
            }
            opaque = !rest.starts_with('/');
        }
        if opaque {
            legal(rest, is_uric)?;
            return Some(uri);
        }
        if let Some((before, query)) = rest.split_once('?') {
            uri.query = Some(legal(query, is_uric)?);
            rest = before;
        }
        if let Some(after) = rest.strip_prefix("//") {
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            if authority.is_empty() && path.is_empty() && uri.query.is_none() {
                return None;
            }
            uri.set_authority(authority)?;
            rest = path;
        }
        uri.path = Some(legal(rest, is_path)?);
        Some(uri)
    }

    /// Sets host and port if there are such; `None` where no authority is written so.
    fn set_authority(&mut self, authority: &'a str) -> Option<()> {
        let (user, server) = authority.split_once('@').unwrap_or(("", authority));
        if let Some(inside) = server.strip_prefix('[') {
            let (address, port) = inside.split_once(']')?;
            address.split('%').next()?.parse::<Ipv6Addr>().ok()?;
            legal(user, is_user)?;
            self.host = server.get(..address.len() + 2);
            self.port = port_of(port)?;
            return Some(());
        }
        let (host, port) = server.split_at(server.find(':').unwrap_or(server.len()));
        if let Some(port) = port_of(port)
            && is_host(host)
            && legal(user, is_user).is_some()
        {
            (self.host, self.port) = (Some(host), port);
            return Some(());
        }
        legal(authority, |char| is_user(char) || char == '@').map(|_| ())
    }
}

/// The text if all of it is allowed, escapes included.
fn legal(text: &str, allowed: impl Fn(char) -> bool) -> Option<&str> {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let fine = match char {
            '%' => (0..2).all(|_| chars.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ if char.is_ascii() => allowed(char),
            _ => !char.is_control() && !char.is_whitespace(),
        };
        if !fine {
            return None;
        }
    }
    Some(text)
}

fn is_unreserved(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-_.!~*'()".contains(char)
}

fn is_uric(char: char) -> bool {
    is_unreserved(char) || ";/?:@&=+$,[]".contains(char)
}

fn is_path(char: char) -> bool {
    is_unreserved(char) || ":@&=+$,;/".contains(char)
}

fn is_user(char: char) -> bool {
    is_unreserved(char) || ";:&=+$,".contains(char)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
}

/// An IPv4 address, or labels between points of which the last begins with a letter, if it is not
/// the only one.
fn is_host(text: &str) -> bool {
    if text.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let labels = || name.split('.');
    let is_label = |label: &str| {
        let inside = |char: char| char.is_ascii_alphanumeric() || char == '-';
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(inside)
    };
    let is_top = |label: &str| label.starts_with(|first: char| first.is_ascii_alphabetic());
    labels().all(is_label) && (labels().count() == 1 || labels().next_back().is_some_and(is_top))
}

/// The port of `:80`, of nothing none; `None` if it is no port.
fn port_of(text: &str) -> Option<Option<i32>> {
    match text.strip_prefix(':') {
        None => text.is_empty().then_some(None),
        Some("") => Some(None),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().map(Some)
        }
        Some(_) => None,
    }
}
