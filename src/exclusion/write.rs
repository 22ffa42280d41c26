//! Entries written down as a config holds them.

use std::fmt::Write as _;

use super::pattern::Patterns;
use super::{Exclusion, Until};
use crate::render::neutral;

impl Exclusion {
    /// The entry as TOML, ready to be added to a config.
    pub fn to_toml(&self) -> String {
        let mut toml = "[[exclusion]]\n".to_owned();
        let mut line = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ = writeln!(toml, "{key} = {value}");
            }
        };
        let text_of = |value: &Option<String>| value.as_deref().map(text);
        line("name", Some(text(&self.name)));
        line("kind", Some(text(self.kind.as_str())));
        line("reason", Some(text(&self.reason)));
        line("owner", text_of(&self.owner));
        line("ticket", text_of(&self.ticket));
        line("until", self.until.map(|Until(day)| day.to_string()));
        line("event_source", patterns(&self.event_source));
        line("event_name", patterns(&self.event_name));
        line("actor", patterns(&self.actor));
        line("account", patterns(&self.account));
        line("group", (!self.group.is_empty()).then(|| texts(&self.group)));
        line("region", patterns(&self.region));
        line("resource", patterns(&self.resource));
        line("user_agent", patterns(&self.user_agent));
        line("verdict", patterns(&self.verdict));
        line("channel", patterns(&self.channel));
        line("tag", patterns(&self.tag));
        toml
    }
}

fn patterns(patterns: &Patterns) -> Option<String> {
    let set: Vec<_> = patterns.set()?.iter().map(|pattern| pattern.as_str()).collect();
    Some(texts(&set))
}

/// One text as it is, several as a list.
pub fn texts<T: AsRef<str>>(values: &[T]) -> String {
    let all: Vec<_> = values.iter().map(|value| text(value.as_ref())).collect();
    match all.as_slice() {
        [one] => one.clone(),
        _ => format!("[{}]", all.join(", ")),
    }
}

/// A text as TOML writes it. What could steer a terminal or hide in an editor is written as its
/// number: values come from CloudTrail, where strangers choose them.
pub fn text(value: &str) -> String {
    let mut toml = String::with_capacity(value.len() + 2);
    toml.push('"');
    for ch in value.chars() {
        match ch {
            '"' | '\\' => toml.extend(['\\', ch]),
            ch if ch.is_control() || neutral::steers(ch) => {
                // Writing to a string cannot fail.
                let _ = write!(toml, "\\U{:08X}", u32::from(ch));
            }
            ch => toml.push(ch),
        }
    }
    toml.push('"');
    toml
}

/// A name for an entry, made of what it is about: lower-case words with dashes, and a number at the
/// end where `taken` says that it is another entry's already.
pub fn name(about: &[&str], taken: impl Fn(&str) -> bool) -> String {
    /// Longest word that is made of one value.
    const LONGEST: usize = 40;
    let words: Vec<_> = about.iter().map(|value| slug(value, LONGEST)).collect();
    let words: Vec<_> = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect();
    let base = if words.is_empty() { "exclusion".to_owned() } else { words.join("-") };
    if !taken(&base) {
        return base;
    }
    (2_u64..).map(|n| format!("{base}-{n}")).find(|name| !taken(name)).unwrap_or(base)
}

/// `stop-instances` of `StopInstances`, `ann-smith` of `Ann Smith`.
fn slug(value: &str, longest: usize) -> String {
    let mut slug = String::new();
    let mut lower = false;
    for ch in value.chars() {
        if slug.len() >= longest {
            break;
        }
        if !ch.is_ascii_alphanumeric() {
            lower = false;
            if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            continue;
        }
        if lower && ch.is_ascii_uppercase() {
            slug.push('-');
        }
        lower = ch.is_ascii_lowercase() || ch.is_ascii_digit();
        slug.push(ch.to_ascii_lowercase());
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::{Kind, parse};
    use super::*;

    #[test]
    fn names_are_readable_and_their_own() {
        assert_eq!(name(&["Ann Smith", "StopInstances"], |_| false), "ann-smith-stop-instances");
        assert_eq!(name(&["DBInstance", "王"], |_| false), "dbinstance");
        assert_eq!(name(&["", "$(id)\n"], |name| name == "id"), "id-2");
        assert_eq!(name(&["***"], |_| false), "exclusion");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(values in proptest::collection::vec(proptest::prelude::any::<String>(), 4)) {
            proptest::prop_assume!(values.iter().all(|value| !value.trim().is_empty()));
            let [name, reason, actor, resource] = values.try_into().unwrap();
            let entry = Exclusion {
                owner: Some(actor.clone()),
                ticket: Some(resource.clone()),
                until: Some(Until("2026-12-31".parse().unwrap())),
                actor: Patterns::exactly([actor.as_str()]),
                resource: Patterns::exactly([resource.as_str(), "*"]),
                ..Exclusion::new(name, Kind::Accepted, reason)
            };
            let toml = entry.to_toml();
            assert!(!toml.replace('\n', "").chars().any(|ch| ch.is_control() || neutral::steers(ch)));
            let read = parse(&toml, "t.toml").unwrap().remove(0);
            assert_eq!(read, entry);
        }
    }
}
