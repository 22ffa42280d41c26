//! The Markdown of Adaptive Cards
//! (<https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features>): bold, italics,
//! lists and links by CommonMark's rules, and nothing else. A backslash makes a sign plain.

use super::super::emphasis::{self, Token};
use super::super::{Item, Part, Span, Style, Tone, clean, is_web};

/// Longest address of a link that is looked at.
const ADDRESS: usize = 2_048;

/// Reads a text of many lines.
pub(super) fn parts(value: &str, tone: Tone) -> Vec<Part> {
    let mut parts = Vec::new();
    // Line breaks within a paragraph are spaces to clients.
    let mut paragraph = String::new();
    let end = |paragraph: &mut String, parts: &mut Vec<Part>| {
        if !paragraph.is_empty() {
            parts.push(Part::Text { spans: spans(&std::mem::take(paragraph), true), tone });
        }
    };
    let value = clean(value);
    for line in value.split('\n') {
        let text = line.trim();
        if let Some((marker, text)) = item(text) {
            end(&mut paragraph, &mut parts);
            let depth = line.chars().take_while(|c| *c == ' ').count() / 2;
            let item = Item { marker, depth: depth.min(8), spans: spans(text, true) };
            match parts.last_mut() {
                Some(Part::List(items)) => items.push(item),
                _ => parts.push(Part::List(vec![item])),
            }
        } else if text.is_empty() {
            end(&mut paragraph, &mut parts);
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(text);
        }
    }
    end(&mut paragraph, &mut parts);
    parts
}

/// Reads a text that has no lists.
pub(super) fn line(value: &str) -> Vec<Span> {
    spans(&clean(value).replace('\n', " "), true)
}

/// The marker of a list's item, and what stands behind it.
fn item(line: &str) -> Option<(String, &str)> {
    if let Some(text) = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)) {
        return Some(("•".to_owned(), text));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let text = line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "))?;
    (1..10).contains(&digits).then(|| (format!("{}.", &line[..digits]), text))
}

fn spans(text: &str, links: bool) -> Vec<Span> {
    emphasis::spans(&tokens(text, links))
}

fn tokens(text: &str, links: bool) -> Vec<Token> {
    let closing = if links { brackets(text) } else { Vec::new() };
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let after = rest.chars().nth(1);
        match c {
            '\\' if after.is_some_and(|c| c.is_ascii_punctuation()) => {
                tokens.extend(after.map(|c| Token::Span(Span::Text(c.to_string()))));
                before = after;
                at += 2;
                continue;
            }
            '[' if links => {
                let label = closing.binary_search_by_key(&at, |(open, _)| *open);
                let label = label.ok().map(|pair| closing[pair].1);
                if let Some((span, end)) = label.and_then(|label| link(text, at, label)) {
                    tokens.push(Token::Span(span));
                    at = end;
                    before = Some(')');
                    continue;
                }
                tokens.push(Token::Span(Span::Text("[".to_owned())));
            }
            '<' => {
                if let Some((name, length)) = mention(rest) {
                    tokens.push(Token::Span(Span::Live(name)));
                    at += length;
                    before = Some('>');
                    continue;
                }
                tokens.push(Token::Span(Span::Text("<".to_owned())));
            }
            '*' | '_' => {
                let run = rest.chars().take_while(|next| *next == c).count();
                marks(c, run, before, rest[run..].chars().next(), &mut tokens);
                before = Some(c);
                at += run;
                continue;
            }
            c => tokens.push(Token::Span(Span::Text(c.to_string()))),
        }
        before = Some(c);
        at += c.len_utf8();
    }
    tokens
}

/// The marks of a run of stars or underscores, which is one mark for every two, and one for a rest.
fn marks(c: char, run: usize, before: Option<char>, after: Option<char>, tokens: &mut Vec<Token>) {
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let sign =
        |c: Option<char>| c.is_some_and(|c| c.is_ascii_punctuation() || !c.is_alphanumeric());
    // CommonMark's left-flanking and right-flanking runs.
    let left = !space(after) && (!sign(after) || space(before) || sign(before));
    let right = !space(before) && (!sign(before) || space(after) || sign(after));
    let (opens, closes) = if c == '_' {
        (left && (!right || sign(before)), right && (!left || sign(after)))
    } else {
        (left, right)
    };
    let (one, two) = if c == '_' { ("_", "__") } else { ("*", "**") };
    let mut all = vec![two; run / 2];
    // The one that opened last closes first.
    match (run % 2, opens) {
        (1, true) => all.push(one),
        (1, false) => all.insert(0, one),
        _ => {}
    }
    let style = |mark: &str| if mark.len() == 2 { Style::Bold } else { Style::Italic };
    let mark = |text| Token::Mark { text, style: style(text), opens, closes };
    tokens.extend(all.into_iter().map(mark));
}

/// Places of brackets that belong together, in the order in which they open.
fn brackets(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    let mut plain = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if plain => plain = false,
            '\\' => plain = true,
            '[' => open.push(at),
            ']' => pairs.extend(open.pop().map(|from| (from, at))),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The link whose label stands between these places, and where it ends.
fn link(text: &str, from: usize, until: usize) -> Option<(Span, usize)> {
    let rest = text[until + 1..].strip_prefix('(')?;
    let mut address = String::new();
    let mut depth = 0;
    let mut plain = false;
    for (at, c) in rest.char_indices().take_while(|(at, _)| *at < ADDRESS) {
        match c {
            c if c.is_whitespace() => return None,
            '\\' if !plain => {
                plain = true;
                continue;
            }
            ')' if !plain && depth == 0 => {
                let known = is_web(&address) || address.starts_with("mailto:");
                let label = spans(&text[from + 1..until], false);
                return known.then(|| (Span::Link { to: address, label }, until + at + 3));
            }
            '(' if !plain => depth += 1,
            ')' if !plain => depth -= 1,
            c if plain && !c.is_ascii_punctuation() => address.push('\\'),
            _ => {}
        }
        plain = false;
        address.push(c);
    }
    None
}

/// Somebody who is notified: `<at>Ann</at>`.
fn mention(rest: &str) -> Option<(String, usize)> {
    let inner = rest.strip_prefix("<at>")?;
    let end = inner.find('<').filter(|end| inner[*end..].starts_with("</at>"))?;
    Some((format!("@{}", &inner[..end]), "<at></at>".len() + end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spans in a notation of their own: `[b bold]`, `[to label]`, `[live @Ann]`.
    fn shown(spans: &[Span]) -> String {
        let one = |span: &Span| match span {
            Span::Text(text) => text.clone(),
            Span::Styled(Style::Bold, inner) => format!("[b {}]", shown(inner)),
            Span::Styled(_, inner) => format!("[i {}]", shown(inner)),
            Span::Link { to, label } => format!("[{to} {}]", shown(label)),
            Span::Live(name) => format!("[live {name}]"),
            Span::Code(_) | Span::Break => panic!("{span:?}"),
        };
        spans.iter().map(one).collect()
    }

    #[test]
    fn marks_follow_commonmark() {
        for (text, expected) in [
            ("**a** _b_ *c* __d__", "[b a] [i b] [i c] [b d]"),
            ("***a***", "[b [i a]]"),
            ("**a _b_ c**.", "[b a [i b] c]."),
            ("_a **b**_", "[i a [b b]]"),
            ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
            ("in*s*ide", "in[i s]ide"),
            ("**open *a*", "**open [i a]"),
            ("~~no~~ `code` # no", "~~no~~ `code` # no"),
            ("\\*a\\* \\_b\\_ \\\\ \\a", "*a* _b_ \\ \\a"),
            ("****", "****"),
        ] {
            assert_eq!(shown(&line(text)), expected, "{text}");
        }
    }

    #[test]
    fn links_lead_to_pages_alone() {
        for (text, expected) in [
            ("[a](https://x.example/?b=1)", "[https://x.example/?b=1 a]"),
            ("[**a** \\[b\\]](http://x/(1))", "[http://x/(1) [b a] [b]]"),
            ("**[a](https://x)**", "[b [https://x a]]"),
            ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
            ("[a] (https://x) [b](https://x y)", "[a] (https://x) [b](https://x y)"),
            ("\\[a\\](https://x)", "[a](https://x)"),
            ("[a](https://x", "[a](https://x"),
            ("[a](mailto:b@x.example)", "[mailto:b@x.example a]"),
            ("<b> <at>Ann</at> &lt; https://x", "<b> [live @Ann] &lt; https://x"),
        ] {
            assert_eq!(shown(&line(text)), expected, "{text}");
        }
    }

    #[test]
    fn lists_and_paragraphs_are_parts_of_their_own() {
        let text = "one\ntwo\n\nthree\r- a\r  - **b**\r1. c\n\\- no\n1.5 no";
        let all: Vec<_> = parts(text, Tone::default())
            .into_iter()
            .map(|part| match part {
                Part::Text { spans, .. } => shown(&spans),
                Part::List(items) => items
                    .iter()
                    .map(|item| format!("{}{} {};", item.depth, item.marker, shown(&item.spans)))
                    .collect(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(all, ["one two", "three", "0• a;1• [b b];01. c;", "- no 1.5 no"]);
    }

    #[test]
    fn long_hostile_texts_are_read_in_no_time() {
        for text in ["*a ", "[", "[a](", "_*", "<at>", "\\", "a*", "[a]", "**a_"] {
            parts(&text.repeat(10_000), Tone::default());
        }
    }
}
