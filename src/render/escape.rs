//! What a form's values have to lose, so that people read them and nothing comes out live.
//!
//! People choose user agents and names of resources, and would ping a channel or plant a link with
//! them. Whatever a template does, the values of the context go through here.

use minijinja::AutoEscape;

use super::neutral;
use crate::message::Form;

/// How the values of a form are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// For a terminal.
    Text,
    /// For Slack. Only `&`, `<` and `>` have escapes there
    /// (<https://docs.slack.dev/messaging/formatting-message-text>): what would be bold or code is
    /// written with a sign that looks alike.
    Mrkdwn,
    /// For the Markdown of Adaptive Cards.
    Markdown,
}

impl Escape {
    /// The escaping of a form that has templates.
    pub(super) fn of(form: Form) -> Self {
        match form {
            Form::Text | Form::Json => Self::Text,
            Form::Slack => Self::Mrkdwn,
            Form::Teams => Self::Markdown,
        }
    }

    /// As the template engine calls it.
    pub(super) fn mode(self) -> AutoEscape {
        let name = match self {
            Self::Text => neutral::ESCAPE,
            Self::Mrkdwn => "mrkdwn",
            Self::Markdown => "markdown",
        };
        AutoEscape::Custom(name.into())
    }

    /// A value on one line, harmless.
    pub(super) fn value(self, value: &str) -> String {
        let line = neutral::line(value);
        match self {
            Self::Text => line.into_owned(),
            Self::Mrkdwn => mrkdwn(&without_links(&line)),
            Self::Markdown => markdown(&without_links(&line)),
        }
    }

    /// A value on one line, as code. Adaptive Cards know none, so it is plain there.
    pub(super) fn code(self, value: &str) -> String {
        let line = neutral::line(value);
        match self {
            Self::Text => line.into_owned(),
            Self::Mrkdwn if line.trim().is_empty() => line.into_owned(),
            Self::Mrkdwn => format!("`{}`", entities(&without_links(&line)).replace('`', "ˋ")),
            Self::Markdown => self.value(value),
        }
    }

    /// A text that links to an address. Without an address that a browser opens it is the text.
    pub(super) fn link(self, text: &str, address: &str) -> String {
        let address = neutral::line(address);
        if !["https://", "http://"].iter().any(|scheme| address.starts_with(scheme)) {
            return text.to_owned();
        }
        match self {
            Self::Text => text.to_owned(),
            Self::Mrkdwn => format!("<{}|{text}>", entities(&encoded(&address))),
            Self::Markdown => format!("[{text}]({})", encoded(&address)),
        }
    }

    /// A text in bold. Marks next to a space would stay what they are.
    pub(super) fn bold(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Mrkdwn => around(text, "*"),
            Self::Markdown => around(text, "**"),
        }
    }

    /// A text in italics.
    pub(super) fn italic(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Mrkdwn | Self::Markdown => around(text, "_"),
        }
    }
}

fn around(text: &str, mark: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let (before, after) = text.split_once(inner).unwrap_or_default();
    format!("{before}{mark}{inner}{mark}{after}")
}

/// The escapes that Slack has.
pub(super) fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn mrkdwn(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '*' => escaped.push('∗'),
            '~' => escaped.push('∼'),
            '`' => escaped.push('ˋ'),
            // Within a word it marks nothing, and names are full of it.
            '_' if is_word(before) && is_word(rest.peek().copied()) => escaped.push('_'),
            '_' => escaped.push('＿'),
            c => escaped.push(c),
        }
        before = Some(c);
    }
    escaped
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_~[](){}<>#|!".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Addresses as those who handle suspicious ones write them, so that no client makes a link.
fn without_links(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in lower.match_indices("http") {
        let rest = lower[at + 4..].strip_prefix('s').unwrap_or(&lower[at + 4..]);
        if rest.starts_with("://") {
            plain.push_str(&text[from..=at]);
            plain.push_str("xx");
            from = at + 3;
        }
    }
    plain.push_str(&text[from..]);
    plain
}

/// An address without the characters that would end it.
fn encoded(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            ' ' | '|' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\\' | '`' | '^' | '{' | '}' => {
                text.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_value_comes_out_live() {
        for (value, mrkdwn, markdown) in [
            ("<!channel>", "&lt;!channel&gt;", "\\<\\!channel\\>"),
            ("<@U1> & co", "&lt;@U1&gt; &amp; co", "\\<@U1\\> & co"),
            ("<http://x|y>", "&lt;hxxp://x|y&gt;", "\\<hxxp://x\\|y\\>"),
            ("[y](HTTPS://x)", "[y](HxxPS://x)", "\\[y\\]\\(HxxPS://x\\)"),
            ("*a* ~b~ `c`", "∗a∗ ∼b∼ ˋcˋ", "\\*a\\* \\~b\\~ \\`c\\`"),
            ("_a_ b_c __d", "＿a＿ b_c ＿_d", "\\_a\\_ b\\_c \\_\\_d"),
            ("s3://bucket/key", "s3://bucket/key", "s3://bucket/key"),
            ("{{DATE(x)}}", "{{DATE(x)}}", "\\{\\{DATE\\(x\\)\\}\\}"),
            ("a\nb\u{202e}", "a\\nb\\u{202e}", "a\\\\nb\\\\u\\{202e\\}"),
        ] {
            assert_eq!(Escape::Mrkdwn.value(value), mrkdwn);
            assert_eq!(Escape::Markdown.value(value), markdown);
        }
        assert_eq!(Escape::Mrkdwn.code("a`<b_c_"), "`aˋ&lt;b_c_`");
        assert_eq!(Escape::Mrkdwn.code(""), "");
    }

    #[test]
    fn a_link_ends_where_it_should_and_opens_in_a_browser() {
        let link = |escape: Escape, address: &str| escape.link("the event", address);
        let address = "https://x.example/?a=1&b=(2)|3>";
        assert_eq!(
            link(Escape::Mrkdwn, address),
            "<https://x.example/?a=1&amp;b=%282%29%7C3%3E|the event>"
        );
        assert_eq!(
            link(Escape::Markdown, address),
            "[the event](https://x.example/?a=1&b=%282%29%7C3%3E)"
        );
        for address in ["javascript:alert(1)", "", "//x.example"] {
            assert_eq!(link(Escape::Mrkdwn, address), "the event");
        }
    }

    #[test]
    fn marks_stand_next_to_letters() {
        assert_eq!(Escape::Mrkdwn.bold(" Ann Smith "), " *Ann Smith* ");
        assert_eq!(Escape::Markdown.bold("Ann"), "**Ann**");
        assert_eq!(Escape::Mrkdwn.italic("  "), "  ");
    }
}
