//! Slack's markup, mrkdwn (<https://docs.slack.dev/messaging/formatting-message-text>).
//!
//! Where the page is silent, this is what clients are seen to do: a mark counts only between a word
//! and something else, closes on its own line, and means nothing within code.

use super::super::emphasis::{self, Token, add};
use super::super::{Block, Part, Span, Style, Tone, clean, is_web};
use super::close;

const FENCE: &str = "```";

/// Reads a text of many lines. With `verbatim`, addresses and names that are merely written out stay
/// what they are.
pub(super) fn blocks(value: &str, verbatim: bool, tone: Tone) -> Vec<Block> {
    let value = clean(value);
    let mut parts = Vec::new();
    let mut rest = value.as_str();
    while let Some((before, code, after)) = fence(rest) {
        paragraphs(before.strip_suffix('\n').unwrap_or(before), verbatim, tone, &mut parts);
        parts.push(Part::Code(literal(code)));
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    paragraphs(rest, verbatim, tone, &mut parts);
    let mut blocks: Vec<Block> = Vec::new();
    for part in parts {
        blocks.push(if blocks.is_empty() { part.into() } else { close(part) });
    }
    blocks
}

/// Reads a text without fences and quotes.
pub(super) fn line(value: &str, verbatim: bool) -> Vec<Span> {
    lines(&mut clean(value).split('\n'), verbatim)
}

/// The first code in fences, with what is before and after it.
fn fence(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(FENCE)?;
    let (code, after) = rest.split_once(FENCE)?;
    let code = code.strip_prefix('\n').unwrap_or(code);
    let code = code.strip_suffix('\n').unwrap_or(code);
    Some((before, code, after))
}

/// Quotes, and lines between them.
fn paragraphs(text: &str, verbatim: bool, tone: Tone, parts: &mut Vec<Part>) {
    if text.is_empty() {
        return;
    }
    let all: Vec<_> = text.split('\n').collect();
    let mut from = 0;
    while from < all.len() {
        let quoted = quoted(all[from]).is_some();
        // Three signs quote whatever follows.
        let whole = quoted && quoted_to_the_end(all[from]).is_some();
        let same = |line: &&&str| whole || self::quoted(line).is_some() == quoted;
        let until = from + all[from..].iter().take_while(same).count();
        if quoted {
            let mut lines = all[from..until]
                .iter()
                .map(|line| quoted_to_the_end(line).or_else(|| self::quoted(line)).unwrap_or(line));
            parts.push(Part::Quote(self::lines(&mut lines, verbatim)));
        } else {
            let spans = lines(&mut all[from..until].iter().copied(), verbatim);
            parts.push(Part::Text { spans, tone });
        }
        from = until;
    }
}

/// What a line quotes, if it does. The sign counts escaped, too.
fn quoted(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("&gt;").or_else(|| line.strip_prefix('>'))?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn quoted_to_the_end(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("&gt;&gt;&gt;").or_else(|| line.strip_prefix(">>>"))?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn lines(lines: &mut dyn Iterator<Item = &str>, verbatim: bool) -> Vec<Span> {
    let mut spans = Vec::new();
    for (number, line) in lines.enumerate() {
        if number > 0 {
            spans.push(Span::Break);
        }
        spans.extend(emphasis::spans(&tokens(line, verbatim)));
    }
    spans
}

/// Code, in which only what is in angle brackets means something.
fn literal(code: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(c) = code[at..].chars().next() {
        at += if let Some((span, length)) = angle(&code[at..]) {
            spans.push(span);
            length
        } else {
            character(&code[at..], c, &mut spans)
        };
    }
    spans
}

fn tokens(line: &str, verbatim: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut spans = Vec::new();
    let mut at = 0;
    let mut before = None;
    // Where nothing closes one code, nothing closes those that begin later.
    let mut code_ends = true;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let boundary = !is_word(before);
        if let Some((span, length)) = angle(rest) {
            spans.push(span);
            at += length;
            before = Some('>');
            continue;
        }
        if c == '`' && boundary && code_ends && before != Some(c) && !rest.starts_with("``") {
            if let Some(length) = code(rest) {
                spans.push(Span::Code(literal(&rest[1..length - 1])));
                at += length;
                before = Some('`');
                continue;
            }
            code_ends = false;
        }
        if !verbatim
            && boundary
            && let Some((span, length)) = found(rest)
        {
            spans.push(span);
            before = rest[..length].chars().next_back();
            at += length;
            continue;
        }
        if let Some((text, style)) = style(c) {
            let after = rest.chars().nth(1);
            // Of marks that follow each other, none counts.
            let beside = |next: Option<char>| next.is_some_and(|next| !next.is_whitespace());
            let single = before != Some(c) && after != Some(c);
            tokens.extend(spans.drain(..).map(Token::Span));
            tokens.push(Token::Mark {
                text,
                style,
                opens: single && boundary && beside(after),
                closes: single && !is_word(after) && beside(before),
            });
            at += c.len_utf8();
        } else {
            at += character(rest, c, &mut spans);
        }
        before = Some(c);
    }
    tokens.extend(spans.into_iter().map(Token::Span));
    tokens
}

/// Adds one character, or the one that an escape stands for, and says how long that is. Slack knows
/// these three escapes only.
fn character(rest: &str, c: char, spans: &mut Vec<Span>) -> usize {
    let escapes = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")];
    let (length, text) = match escapes.iter().find(|(escape, _)| rest.starts_with(escape)) {
        Some((escape, text)) => (escape.len(), (*text).to_owned()),
        None => (c.len_utf8(), c.to_string()),
    };
    add(spans, Span::Text(text));
    length
}

/// The length of code on one line.
fn code(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let mut ends = inner.match_indices('`').map(|(end, _)| end);
    let end = ends.find(|end| {
        let next = inner[end + 1..].chars().next();
        !inner[..*end].trim().is_empty() && !is_word(next)
    })?;
    Some(end + 2)
}

/// What is in angle brackets, and how long that is: a link, or what does something.
fn angle(rest: &str) -> Option<(Span, usize)> {
    let inner = rest.strip_prefix('<')?;
    let end = inner.find(['<', '>']).filter(|end| inner[*end..].starts_with('>'))?;
    let inner = &inner[..end];
    let (what, label) = inner.split_once('|').map_or((inner, None), |(a, b)| (a, Some(b)));
    let label = label.filter(|label| !label.is_empty());
    let called = |sign: char, name: &str| {
        let name = label.unwrap_or(name);
        Span::Live(unescaped(&format!("{sign}{}", name.trim_start_matches(sign))))
    };
    let span = match what.chars().next()? {
        '@' => called('@', &what[1..]),
        '#' => called('#', &what[1..]),
        '!' if what.starts_with("!date^") => Span::Live(unescaped(label?)),
        '!' => called('@', what[1..].split('^').next_back().unwrap_or_default()),
        _ if is_web(what) || ["mailto:", "tel:"].iter().any(|kind| what.starts_with(kind)) => {
            let to = unescaped(what);
            let label = match label {
                Some(label) => emphasis::spans(&tokens(label, true)),
                None => vec![Span::Text(to.clone())],
            };
            Span::Link { to, label }
        }
        _ => return None,
    };
    Some((span, end + 2))
}

/// What Slack finds in a text that is not verbatim: an address, or a name that notifies.
fn found(rest: &str) -> Option<(Span, usize)> {
    for name in ["@here", "@channel", "@everyone"] {
        if let Some(after) = rest.strip_prefix(name) {
            let ends = !is_word(after.chars().next());
            return ends.then(|| (Span::Live(name.to_owned()), name.len()));
        }
    }
    if !["http://", "https://"].iter().any(|scheme| rest.starts_with(scheme)) {
        return None;
    }
    let end = rest.find(|c: char| c.is_whitespace() || "<>|`\"".contains(c)).unwrap_or(rest.len());
    let address =
        rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '_', '~']);
    let to = unescaped(address);
    let (_, host) = to.split_once("://")?;
    (is_web(&to) && !host.is_empty())
        .then(|| (Span::Link { label: vec![Span::Text(to.clone())], to }, address.len()))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn style(mark: char) -> Option<(&'static str, Style)> {
    match mark {
        '*' => Some(("*", Style::Bold)),
        '_' => Some(("_", Style::Italic)),
        '~' => Some(("~", Style::Strike)),
        _ => None,
    }
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests;
