//! The picture for a terminal: the words in their order, with what stands out standing out.

use unicode_width::UnicodeWidthChar as _;

use crate::message::{Form, Message};
use crate::render::Look;

use super::{Block, Button, Gap, Mood, Part, Shown, Size, Span, Style, Tone};

/// On the left of code. A line of code is broken where it is too long, not at spaces: those on its
/// left tell what it belongs to.
const CODE: &str = "┆ ";

/// Sequences that set one property of a text, as far as a text has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ink {
    bold: bool,
    dim: bool,
    italic: bool,
    under: bool,
    strike: bool,
    reverse: bool,
    /// Number of the colour; none for that of the terminal.
    color: Option<u8>,
}

/// A piece of text in one ink.
type Run = (Ink, String);

/// The messages as text of fixed width, one below the other.
pub fn terminal(messages: &[Message], look: Look) -> String {
    let mut page = String::new();
    for (number, message) in (1..).zip(messages) {
        if number > 1 {
            page.push('\n');
        }
        if matches!(message.form, Form::Text | Form::Json) {
            page.push_str(&message.body);
            page.push('\n');
            continue;
        }
        let mut sheet = Sheet { look, indent: 2, page: &mut page };
        sheet.message(message, number, messages.len());
    }
    page
}

/// What is being written.
struct Sheet<'a> {
    look: Look,
    /// Columns on the left that stay empty.
    indent: usize,
    page: &'a mut String,
}

impl Sheet<'_> {
    fn message(&mut self, message: &Message, number: usize, count: usize) {
        let (service, name) = match message.form {
            Form::Teams => ("Teams", "Workflows"),
            _ => ("Slack", "clickops APP"),
        };
        let part = if count > 1 { format!(", message {number} of {count}") } else { String::new() };
        let head = format!("{name} ({service}{part})");
        self.indent = 0;
        self.runs(&[(Ink { bold: true, color: Some(35), ..Ink::default() }, head)], "");
        self.indent = 2;
        let Shown { blocks, aside } = Shown::of(message);
        self.blocks(&blocks);
        if let Some((name, text)) = aside {
            self.page.push('\n');
            let dim = Ink { dim: true, ..Ink::default() };
            let mut runs = vec![(dim, format!("{name}: "))];
            flatten(&text, dim, self.look, &mut runs);
            self.runs(&runs, "");
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (number, block) in blocks.iter().enumerate() {
            if number > 0 && matches!(block.gap, Gap::Default | Gap::Large) {
                self.page.push('\n');
            }
            if block.ruled {
                self.rule();
            }
            self.part(&block.part);
        }
    }

    fn part(&mut self, part: &Part) {
        let dim = Ink { dim: true, ..Ink::default() };
        match part {
            Part::Text { spans, tone } => self.spans(spans, ink(*tone), ""),
            Part::Quote(spans) => self.spans(spans, Ink::default(), "│ "),
            Part::Code(spans) => self.spans(spans, Ink { color: Some(36), ..Ink::default() }, CODE),
            Part::Divider => self.rule(),
            Part::List(items) => {
                for item in items {
                    let marker = format!("{}{} ", "  ".repeat(item.depth), item.marker);
                    self.hanging(vec![(Ink::default(), marker)], &item.spans);
                }
            }
            Part::Facts(facts) => {
                for (name, value) in facts {
                    let mut head = Vec::new();
                    flatten(name, Ink { bold: true, ..Ink::default() }, self.look, &mut head);
                    head.push((Ink::default(), "  ".to_owned()));
                    self.hanging(head, value);
                }
            }
            Part::Columns(columns) => columns.iter().for_each(|column| self.blocks(column)),
            Part::Group { blocks, .. } => {
                self.indent += 2;
                self.blocks(blocks);
                self.indent -= 2;
            }
            Part::Buttons(buttons) => {
                for Button { label, to } in buttons {
                    let mut runs =
                        vec![(Ink { bold: true, ..Ink::default() }, format!("[ {label} ]"))];
                    runs.extend(to.iter().map(|to| (dim, format!(" {to}"))));
                    self.runs(&runs, "");
                }
            }
            Part::Picture(text) => self.runs(&[(dim, format!("picture: {text}"))], ""),
            Part::Unknown { kind, json } => {
                let red = Ink { color: Some(31), ..Ink::default() };
                self.runs(&[(red, format!("no preview of {kind}"))], "");
                self.runs(&[(dim, json.clone())], CODE);
            }
        }
    }

    fn rule(&mut self) {
        let rule = "─".repeat(self.width());
        self.runs(&[(Ink { dim: true, ..Ink::default() }, rule)], "");
    }

    fn spans(&mut self, spans: &[Span], ink: Ink, bar: &str) {
        let mut runs = Vec::new();
        flatten(spans, ink, self.look, &mut runs);
        self.runs(&runs, bar);
    }

    /// A head, and a text that keeps behind it where it takes several lines.
    fn hanging(&mut self, head: Vec<Run>, spans: &[Span]) {
        let wide: usize = head.iter().map(|(_, text)| columns(text)).sum();
        let mut runs = head;
        flatten(spans, Ink::default(), self.look, &mut runs);
        self.wrapped(&runs, "", wide.min(self.width() / 2));
    }

    fn runs(&mut self, runs: &[Run], bar: &str) {
        self.wrapped(runs, bar, 0);
    }

    fn width(&self) -> usize {
        usize::from(self.look.width).saturating_sub(self.indent).max(20)
    }

    /// Writes runs in lines that fit. Lines but the first have `hang` more columns on the left.
    fn wrapped(&mut self, runs: &[Run], bar: &str, hang: usize) {
        let width = self.width() - columns(bar);
        for (number, line) in lines(runs, width, hang, bar != CODE).into_iter().enumerate() {
            let indent = self.indent + if number > 0 && line.hangs { hang } else { 0 };
            self.page.push_str(&" ".repeat(indent));
            self.page.push_str(bar);
            for (ink, text) in line.runs {
                self.page.push_str(&if self.look.color { painted(ink, &text) } else { text });
            }
            let kept = self.page.trim_end_matches(' ').len();
            self.page.truncate(kept);
            self.page.push('\n');
        }
    }
}

#[derive(Debug, Default)]
struct Line {
    runs: Vec<Run>,
    /// Whether it goes on with what is above it.
    hangs: bool,
}

/// Breaks runs at line ends and, if asked to, at spaces; what is longer than a line, anywhere.
fn lines(runs: &[Run], width: usize, hang: usize, at_spaces: bool) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    let mut used = 0;
    for (ink, text) in runs {
        for piece in text.split_inclusive(|c| c == '\n' || at_spaces && c == ' ') {
            let (word, ends) = match piece.strip_suffix('\n') {
                Some(word) => (word, true),
                None => (piece, false),
            };
            let room = |lines: &[Line]| {
                if lines.len() > 1 { width.saturating_sub(hang).max(1) } else { width }
            };
            if at_spaces && used > 0 && used + columns(word.trim_end()) > room(&lines) {
                lines.push(Line { hangs: true, ..Line::default() });
                used = 0;
            }
            for c in word.chars() {
                let wide = c.width().unwrap_or_default();
                // A space at the end of a line takes no room.
                if used + wide > room(&lines) && c != ' ' {
                    lines.push(Line { hangs: true, ..Line::default() });
                    used = 0;
                }
                used += wide;
                if let Some(line) = lines.last_mut() {
                    match line.runs.last_mut() {
                        Some((last, text)) if last == ink => text.push(c),
                        _ => line.runs.push((*ink, c.to_string())),
                    }
                }
            }
            if ends {
                lines.push(Line { hangs: hang > 0, ..Line::default() });
                used = 0;
            }
        }
    }
    lines
}

/// Makes runs of spans.
fn flatten(spans: &[Span], ink: Ink, look: Look, runs: &mut Vec<Run>) {
    for span in spans {
        match span {
            Span::Text(text) => runs.push((ink, text.clone())),
            Span::Styled(style, inner) => {
                let ink = match style {
                    Style::Bold => Ink { bold: true, ..ink },
                    Style::Italic => Ink { italic: true, ..ink },
                    Style::Strike => Ink { strike: true, ..ink },
                };
                flatten(inner, ink, look, runs);
            }
            Span::Code(inner) => flatten(inner, Ink { color: Some(36), ..ink }, look, runs),
            Span::Link { label, .. } => {
                flatten(label, Ink { under: true, color: Some(34), ..ink }, look, runs);
            }
            // It has to be seen without colours too.
            Span::Live(name) if look.color => {
                runs.push((Ink { reverse: true, ..ink }, name.clone()));
            }
            Span::Live(name) => runs.push((ink, format!("[live: {name}]"))),
            Span::Break => runs.push((ink, "\n".to_owned())),
        }
    }
}

fn ink(tone: Tone) -> Ink {
    let large = matches!(tone.size, Size::Large | Size::ExtraLarge);
    let color = match tone.mood {
        Mood::Default | Mood::Emphasis => None,
        Mood::Accent => Some(34),
        Mood::Good => Some(32),
        Mood::Warning => Some(33),
        Mood::Attention => Some(31),
    };
    Ink { bold: tone.bold || large, dim: tone.subtle, color, ..Ink::default() }
}

fn painted(ink: Ink, text: &str) -> String {
    let codes = [
        (ink.bold, "1"),
        (ink.dim, "2"),
        (ink.italic, "3"),
        (ink.under, "4"),
        (ink.reverse, "7"),
        (ink.strike, "9"),
    ];
    let mut codes: Vec<_> =
        codes.iter().filter(|(set, _)| *set).map(|(_, code)| (*code).to_owned()).collect();
    codes.extend(ink.color.map(|color| color.to_string()));
    if codes.is_empty() {
        return text.to_owned();
    }
    format!("\x1b[{}m{text}\x1b[0m", codes.join(";"))
}

fn columns(text: &str) -> usize {
    text.chars().filter_map(|c| c.width()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn shown(form: Form, body: &Value, look: Look) -> String {
        let message =
            Message { form, title: String::new(), body: body.to_string(), key: String::new() };
        terminal(&[message], look)
    }

    fn plain(width: u16) -> Look {
        Look { color: false, width }
    }

    fn section(text: &str) -> Value {
        let text = json!({ "type": "mrkdwn", "text": text, "verbatim": true });
        json!({ "text": "in short", "blocks": [{ "type": "section", "text": text }, { "type": "divider" }] })
    }

    #[test]
    fn words_are_broken_at_spaces() {
        let body =
            section("*one* two three &lt;!here&gt; <!here>\nabcdefghijklmnopqrstuvwxyz0123456789");
        assert_eq!(
            shown(Form::Slack, &body, plain(26)),
            "clickops APP (Slack)\n  one two three <!here>\n  [live: @here]\n  abcdefghijklmnopqrstuvwx\n  \
             yz0123456789\n\n  ────────────────────────\n\n  In notifications: in\n  short\n"
        );
    }

    #[test]
    fn values_keep_behind_their_names() {
        let facts = json!([
            { "title": "Who", "value": "Ann Smith from far away" },
            { "title": "What", "value": "x" }]);
        let card = json!({ "body": [{ "type": "FactSet", "facts": facts }] });
        let kind = "application/vnd.microsoft.card.adaptive";
        let body = json!({ "attachments": [{ "contentType": kind, "content": card }] });
        assert_eq!(
            shown(Form::Teams, &body, plain(22)),
            "Workflows (Teams)\n  Who  Ann Smith from\n       far away\n  What  x\n"
        );
    }

    #[test]
    fn colours_say_what_stands_out() {
        let page = shown(Form::Slack, &section("*a* <!here>"), Look { color: true, width: 80 });
        assert!(page.contains("\x1b[1ma\x1b[0m \x1b[7m@here\x1b[0m\n"), "{page:?}");
    }

    #[test]
    fn text_stays_as_it_is() {
        let message = |body: &str| Message {
            form: Form::Text,
            title: String::new(),
            body: body.to_owned(),
            key: String::new(),
        };
        assert_eq!(terminal(&[message("a  b"), message("c")], plain(20)), "a  b\n\nc\n");
    }

    proptest! {
        #[test]
        fn nothing_steers_the_terminal_and_nothing_is_too_wide(text in any::<String>(), width in 30_u16..80) {
            for body in [section(&text), json!({ "text": text }), json!({ text.clone(): text })] {
                let page = shown(Form::Slack, &body, plain(width));
                for line in page.lines() {
                    prop_assert!(!line.chars().any(char::is_control), "{line:?}");
                    prop_assert!(columns(line) <= usize::from(width), "{line:?}");
                }
            }
        }
    }
}
