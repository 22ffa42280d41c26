//! Spreads the blocks of a rendering over messages.

use serde_json::Value;

/// Messages of one rendering. What does not fit into them is nothing that people would read.
const MESSAGES: usize = 5;

/// What one message can hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Blocks, two of them for which part of how many it is, and how much is left out.
    pub(super) blocks: usize,
    /// Sum of their sizes.
    pub(super) size: usize,
}

/// One block of a service, and what it takes of the room.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) value: Value,
    pub(super) size: usize,
    /// Lines of text in it.
    pub(super) lines: usize,
}

/// The blocks by message.
#[derive(Debug, Default)]
pub(super) struct Spread {
    pub(super) pages: Vec<Vec<Value>>,
    /// Lines that fit into none.
    pub(super) left: usize,
}

/// Fills one message after the other, in the order of the blocks: the most important come first.
pub(super) fn spread(blocks: Vec<Block>, room: Room) -> Spread {
    let mut spread = Spread::default();
    let (mut page, mut size) = (Vec::new(), 0);
    for block in blocks {
        let full = page.len() + 2 >= room.blocks || size + block.size > room.size;
        if full && !page.is_empty() && spread.pages.len() < MESSAGES {
            spread.pages.push(std::mem::take(&mut page));
            size = 0;
        }
        if spread.pages.len() == MESSAGES {
            spread.left += block.lines;
            continue;
        }
        size += block.size;
        page.push(block.value);
    }
    if !page.is_empty() {
        spread.pages.push(page);
    }
    spread
}

/// Joins lines into texts of at most `most`, by a measure of each; a line that is too long by itself
/// is cut by `cut`.
pub(super) fn join(
    lines: &[String],
    most: usize,
    measure: impl Fn(&str) -> usize,
) -> Vec<(String, usize)> {
    let mut texts: Vec<(String, usize)> = Vec::new();
    for line in lines {
        let line = shortened(line, most, &measure);
        match texts.last_mut() {
            Some((text, count)) if measure(text) + measure(&line) + 2 <= most => {
                text.push('\n');
                text.push_str(&line);
                *count += 1;
            }
            _ => texts.push((line, 1)),
        }
    }
    texts
}

/// A line of at most `most`: cut at a space where it has one.
pub(super) fn shortened(line: &str, most: usize, measure: impl Fn(&str) -> usize) -> String {
    if measure(line) <= most {
        return line.to_owned();
    }
    let mut end = 0;
    let mut used = 8;
    for (at, c) in line.char_indices() {
        used += measure(c.encode_utf8(&mut [0; 4]));
        if used > most {
            break;
        }
        end = at + c.len_utf8();
    }
    // Markup and escapes hold no spaces but those of a link's text.
    let kept = match line[..end].rsplit_once(' ') {
        Some((kept, _)) if kept.len() > end / 2 => kept,
        _ => whole_escapes(&line[..end]),
    };
    let kept = match (kept.rfind('<'), kept.rfind('>')) {
        (Some(open), close) if close.is_none_or(|close| close < open) => &kept[..open],
        _ => kept,
    };
    format!("{}…", kept.trim_end())
}

/// A text without the half of an escape at its end: an entity of Slack's, or a backslash.
fn whole_escapes(text: &str) -> &str {
    let slashes = text.len() - text.trim_end_matches('\\').len();
    let text = &text[..text.len() - slashes % 2];
    match text.rfind('&') {
        Some(at) if text.len() - at < 5 && !text[at..].contains(';') => &text[..at],
        _ => text,
    }
}

/// The lines of a code that fit, and how many do not. A line longer than all of the room is cut.
pub(super) fn head(text: &str, room: usize, measure: impl Fn(&str) -> usize) -> (String, usize) {
    let mut kept = String::new();
    let mut used = 0;
    let all = text.lines().count();
    for (number, line) in text.lines().enumerate() {
        let size = measure(line) + 2;
        if used + size > room {
            if number == 0 {
                return (hard_cut(line, room, measure), all - 1);
            }
            return (kept, all - number);
        }
        if number > 0 {
            kept.push('\n');
        }
        kept.push_str(line);
        used += size;
    }
    (kept, 0)
}

/// The start of a line of code that fits.
pub(super) fn hard_cut(line: &str, room: usize, measure: impl Fn(&str) -> usize) -> String {
    let mut kept = String::new();
    let mut used = 4;
    for c in line.chars() {
        used += measure(c.encode_utf8(&mut [0; 4]));
        if used > room {
            kept.push('…');
            break;
        }
        kept.push(c);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(size: usize) -> Block {
        Block { value: size.into(), size, lines: 1 }
    }

    #[test]
    fn a_full_message_is_followed_by_another_and_the_last_by_none() {
        let sizes = |spread: &Spread| -> Vec<usize> { spread.pages.iter().map(Vec::len).collect() };
        let room = Room { blocks: 5, size: 100 };
        let few = spread((0..3).map(|_| block(10)).collect(), room);
        assert_eq!((sizes(&few), few.left), (vec![3], 0));
        let many = spread((0..100).map(|_| block(10)).collect(), room);
        assert_eq!((sizes(&many), many.left), (vec![3; MESSAGES], 100 - 3 * MESSAGES));
        let large = spread(vec![block(60), block(60), block(200), block(10)], room);
        assert_eq!(sizes(&large), [1, 1, 1, 1]);
    }

    #[test]
    fn lines_are_joined_and_cut_at_spaces() {
        let count = |text: &str| text.chars().count();
        let lines: Vec<_> = ["aaaa", "bbbb", "cccc"].map(str::to_owned).into();
        let joined = join(&lines, 10, count);
        assert_eq!(joined, [("aaaa\nbbbb".to_owned(), 2), ("cccc".to_owned(), 1)]);
        let cut = shortened("one two three four five", 20, count);
        assert_eq!(cut, "one two…");
        assert_eq!(shortened("a &lt;&lt;&lt;&lt;", 17, count), "a &lt;…");
        let slashes = r"\\\\\\\\\[x]yzzz";
        assert_eq!(shortened(slashes, 13, count), r"\\\\…");
        assert_eq!(shortened("a <https://x.example|b c d e f> g", 30, count), "a…");
        assert_eq!(head("ab\ncd\nef", 9, count), ("ab\ncd".to_owned(), 1));
        assert_eq!(head("abcdefgh", 8, count), ("abcd…".to_owned(), 0));
    }
}
