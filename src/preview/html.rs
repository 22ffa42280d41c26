//! The page for a browser, which looks as Slack or Teams do.
//!
//! It fetches nothing and runs nothing, and says so to the browser. Values that attackers choose are
//! on it: [`escaped`] is the only way for a text to get there.

use crate::message::{Form, Message};

use super::{Block, Button, Gap, Item, Mood, Part, Shown, Size, Span, Style, Tone, clean, is_web};

const STYLE: &str = include_str!("html/page.css");

/// Nothing but the style that is on the page itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The messages as their service shows them, one below the other, on one page. `time` is the one
/// that stands next to them, such as `9:02 AM`.
pub fn html(messages: &[Message], time: &str) -> String {
    let form = messages.first().map_or(Form::Text, |message| message.form);
    let title = messages.first().map_or("no message", |message| message.title.as_str());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body class=\"{form}\">\n",
        escaped(&clean(title))
    );
    let channel = match form {
        Form::Slack => "# clickops",
        Form::Teams => "clickops",
        Form::Text | Form::Json => "",
    };
    if !channel.is_empty() {
        page.push_str(&format!("<header>{channel}</header>\n"));
    }
    page.push_str("<main>\n");
    for message in messages {
        article(message, time, &mut page);
    }
    if messages.is_empty() {
        page.push_str("<p>There is no message.</p>\n");
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn article(message: &Message, time: &str, page: &mut String) {
    // A workflow posts under its own name, whoever made it.
    let (sign, name, badge) = match message.form {
        Form::Slack => ("c", "clickops", "<span class=\"badge\">APP</span>"),
        Form::Teams => ("W", "Workflows", ""),
        Form::Text | Form::Json => ("", "", ""),
    };
    page.push_str("<article>\n");
    if !name.is_empty() {
        page.push_str(&format!(
            "<div class=\"avatar\">{sign}</div>\n<div class=\"who\"><b>{name}</b>{badge}\
             <span class=\"time\">{}</span></div>\n",
            escaped(time)
        ));
    }
    let Shown { blocks: all, aside } = Shown::of(message);
    page.push_str("<div class=\"card\">\n");
    blocks(&all, page);
    page.push_str("</div>\n");
    if let Some((name, text)) = aside {
        page.push_str(&format!("<p class=\"aside\">{name}: "));
        spans(&text, page);
        page.push_str("</p>\n");
    }
    page.push_str("</article>\n");
}

fn blocks(blocks: &[Block], page: &mut String) {
    for block in blocks {
        let gap = match block.gap {
            Gap::None => " gap-none",
            Gap::Small => " gap-small",
            Gap::Default => "",
            Gap::Large => " gap-large",
        };
        let ruled = if block.ruled { " ruled" } else { "" };
        page.push_str(&format!("<div class=\"block{gap}{ruled}\">"));
        part(&block.part, page);
        page.push_str("</div>\n");
    }
}

fn part(part: &Part, page: &mut String) {
    match part {
        Part::Text { spans, tone } => within("p", &class(*tone), spans, page),
        Part::Quote(spans) => within("blockquote", "", spans, page),
        Part::List(items) => list(items, page),
        Part::Code(spans) => within("pre", "", spans, page),
        Part::Divider => page.push_str("<hr>"),
        Part::Facts(facts) => {
            page.push_str("<dl>");
            for (name, value) in facts {
                within("dt", "", name, page);
                within("dd", "", value, page);
            }
            page.push_str("</dl>");
        }
        Part::Columns(columns) => {
            page.push_str("<div class=\"columns\">");
            for column in columns {
                page.push_str("<div class=\"column\">");
                blocks(column, page);
                page.push_str("</div>");
            }
            page.push_str("</div>");
        }
        Part::Group { mood, blocks: inner } => {
            page.push_str(&format!("<div class=\"group {}\">", named(*mood)));
            blocks(inner, page);
            page.push_str("</div>");
        }
        Part::Buttons(buttons) => {
            page.push_str("<div class=\"buttons\">");
            buttons.iter().for_each(|one| button(one, page));
            page.push_str("</div>");
        }
        Part::Picture(text) => {
            page.push_str(&format!("<p class=\"picture\">picture: {}</p>", escaped(text)));
        }
        Part::Unknown { kind, json } => page.push_str(&format!(
            "<figure><figcaption>no preview of {}</figcaption><pre>{}</pre></figure>",
            escaped(kind),
            escaped(json)
        )),
    }
}

fn list(items: &[Item], page: &mut String) {
    page.push_str("<div class=\"list\">");
    for item in items {
        page.push_str(&format!(
            "<div class=\"item depth-{}\"><span class=\"marker\">{}</span>",
            item.depth,
            escaped(&item.marker)
        ));
        within("span", "", &item.spans, page);
        page.push_str("</div>");
    }
    page.push_str("</div>");
}

fn button(button: &Button, page: &mut String) {
    let label = escaped(&button.label);
    match button.to.as_deref().filter(|to| is_web(to)) {
        Some(to) => page.push_str(&format!("{}{label}</a>", opened(to, "button"))),
        None => page.push_str(&format!("<span class=\"button\">{label}</span>")),
    }
}

/// Spans in an element.
fn within(element: &str, class: &str, inner: &[Span], page: &mut String) {
    match class {
        "" => page.push_str(&format!("<{element}>")),
        class => page.push_str(&format!("<{element} class=\"{class}\">")),
    }
    spans(inner, page);
    page.push_str(&format!("</{element}>"));
}

fn spans(spans: &[Span], page: &mut String) {
    for span in spans {
        match span {
            Span::Text(text) => page.push_str(&escaped(text)),
            Span::Styled(Style::Bold, inner) => within("b", "", inner, page),
            Span::Styled(Style::Italic, inner) => within("i", "", inner, page),
            Span::Styled(Style::Strike, inner) => within("s", "", inner, page),
            Span::Code(inner) => within("code", "", inner, page),
            Span::Link { to, label } if is_web(to) => {
                page.push_str(&opened(to, "link"));
                self::spans(label, page);
                page.push_str("</a>");
            }
            Span::Link { label, .. } => within("span", "link", label, page),
            Span::Live(name) => {
                page.push_str(&format!("<span class=\"live\">{}</span>", escaped(name)));
            }
            Span::Break => page.push_str("<br>"),
        }
    }
}

/// The start of a link. What it leads to learns nothing of this page.
fn opened(to: &str, class: &str) -> String {
    let to = escaped(to);
    format!("<a class=\"{class}\" href=\"{to}\" target=\"_blank\" rel=\"noopener noreferrer\">")
}

fn class(tone: Tone) -> String {
    let size = match tone.size {
        Size::Small => "small",
        Size::Default => "",
        Size::Medium => "medium",
        Size::Large => "large",
        Size::ExtraLarge => "extra-large",
    };
    let is = |is: bool, name: &'static str| if is { name } else { "" };
    let names = [
        size,
        is(tone.bold, "bold"),
        is(tone.subtle, "subtle"),
        is(tone.mono, "mono"),
        named(tone.mood),
    ];
    names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
}

fn named(mood: Mood) -> &'static str {
    match mood {
        Mood::Default => "",
        Mood::Accent => "accent",
        Mood::Good => "good",
        Mood::Warning => "warning",
        Mood::Attention => "attention",
        Mood::Emphasis => "emphasis",
    }
}

/// A text as HTML shows it, in elements and in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
