//! Values in which each key stands once.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cursor::{Cursor, Parts, Quoted};
use super::{number, text};

/// How deep values may be nested.
const DEEPEST: usize = 1000;

/// The order of an object's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Keys {
    /// By UTF-16 units, as Java sorts text.
    Sorted,
    /// By where each stands first.
    AsWritten,
}

/// Passes a value, and gives it as [`write_value`](text::write_value) does, but each key once, with
/// the last of its values. `None` also for what is nested too deep.
pub(in super::super) fn settle(cursor: &mut Cursor<'_>, keys: Keys) -> Option<String> {
    let mut settling = Settling { keys, out: String::new(), open: Vec::new(), too_deep: false };
    cursor.walk(&mut settling)?;
    (!settling.too_deep).then_some(settling.out)
}

struct Settling<'a> {
    keys: Keys,
    out: String,
    open: Vec<Open<'a>>,
    too_deep: bool,
}

/// An array or object that is open: where it starts in the text, and its keys so far.
struct Open<'a> {
    start: usize,
    members: Vec<Member<'a>>,
}

/// A key, and where its member starts in the text.
struct Member<'a> {
    key: Cow<'a, str>,
    start: usize,
}

impl<'a> Parts<'a> for Settling<'a> {
    fn mark(&mut self, mark: u8) {
        match mark {
            b'{' | b'[' if self.open.len() >= DEEPEST => self.too_deep = true,
            b'{' | b'[' => {
                self.open.push(Open { start: self.out.len(), members: Vec::new() });
            }
            b'}' | b']' if !self.too_deep => {
                if let Some(closed) = self.open.pop() {
                    self.close(closed);
                }
            }
            _ => {}
        }
        if !self.too_deep {
            self.out.push(char::from(mark));
        }
    }

    fn key(&mut self, key: Quoted<'a>) {
        if self.too_deep {
            return;
        }
        if let Some(open) = self.open.last_mut() {
            open.members.push(Member { key: key.text(), start: self.out.len() });
        }
        text::requote(key, &mut self.out);
        self.out.push(':');
    }

    fn string(&mut self, string: Quoted<'a>) {
        if !self.too_deep {
            text::requote(string, &mut self.out);
        }
    }

    fn scalar(&mut self, scalar: &'a str) {
        if !self.too_deep {
            number::write(scalar, &mut self.out);
        }
    }
}

impl Settling<'_> {
    /// Puts the members of an object in order.
    fn close(&mut self, closed: Open<'_>) {
        if closed.members.len() < 2 {
            return;
        }
        let ends = closed.members.iter().skip(1).map(|next| next.start - 1);
        let ends: Vec<_> = ends.chain([self.out.len()]).collect();
        let mut members: Vec<_> = closed.members.into_iter().zip(ends).collect();
        let before = members.len();
        let mut in_order = true;
        match self.keys {
            Keys::Sorted => {
                let less = |a: &str, b: &str| a.encode_utf16().lt(b.encode_utf16());
                in_order = members.windows(2).all(|two| less(&two[0].0.key, &two[1].0.key));
                if !in_order {
                    members
                        .sort_by(|(a, _), (b, _)| a.key.encode_utf16().cmp(b.key.encode_utf16()));
                    // Later ones first, because the first of equal ones stays.
                    members.reverse();
                    members.dedup_by(|(a, _), (b, _)| a.key == b.key);
                    members.reverse();
                }
            }
            Keys::AsWritten => {
                let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
                let mut kept: Vec<(Member<'_>, usize)> = Vec::with_capacity(before);
                for (member, end) in members {
                    let at = *known.entry(member.key.clone()).or_insert(kept.len());
                    match kept.get_mut(at) {
                        Some(earlier) => *earlier = (member, end),
                        None => kept.push((member, end)),
                    }
                }
                members = kept;
            }
        }
        if in_order && members.len() == before {
            return;
        }
        let mut ordered = String::with_capacity(self.out.len() - closed.start);
        for (at, (member, end)) in members.iter().enumerate() {
            ordered.push(if at == 0 { '{' } else { ',' });
            ordered.push_str(self.out.get(member.start..*end).unwrap_or_default());
        }
        self.out.truncate(closed.start);
        self.out.push_str(&ordered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_or_stay_and_the_last_value_counts() {
        for (value, sorted, as_written) in [
            (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#, r#"{"b":1,"a":2}"#),
            (
                r#"{"b":1,"a":{"d":1,"c":2},"b":[3]}"#,
                r#"{"a":{"c":2,"d":1},"b":[3]}"#,
                r#"{"b":[3],"a":{"d":1,"c":2}}"#,
            ),
            (r#"{"a":1,"\u0061":2}"#, r#"{"a":2}"#, r#"{"a":2}"#),
            (r#"{"～":1,"😀":2}"#, r#"{"\uD83D\uDE00":2,"～":1}"#, r#"{"～":1,"\uD83D\uDE00":2}"#),
            ("[{},[],1.50]", "[{},[],1.5]", "[{},[],1.5]"),
        ] {
            assert_eq!(settle(&mut Cursor::new(value), Keys::Sorted).as_deref(), Some(sorted));
            let written = settle(&mut Cursor::new(value), Keys::AsWritten);
            assert_eq!(written.as_deref(), Some(as_written));
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let settled = |text: &str| settle(&mut Cursor::new(text), Keys::Sorted).is_some();
        assert!(settled(&nested(DEEPEST)));
        assert!(!settled(&nested(DEEPEST + 1)));
    }
}
