//! Marks that make styles, such as `*` around what is bold: each service says which marks there are,
//! and where one may open or close.

use super::{Span, Style};

/// A mark, or what is between marks.
#[derive(Debug, Clone)]
pub(super) enum Token {
    Span(Span),
    Mark {
        /// What it is where it means nothing.
        text: &'static str,
        style: Style,
        opens: bool,
        closes: bool,
    },
}

/// Makes styles of marks. A style does not contain itself, so this goes no deeper than there are
/// styles.
pub(super) fn spans(tokens: &[Token]) -> Vec<Span> {
    tree(tokens, &[])
}

fn tree(tokens: &[Token], within: &[&'static str]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    // Marks that nothing closes from here on.
    let mut single = Vec::new();
    while let Some(token) = tokens.get(at) {
        at += 1;
        let (mark, style, opens) = match token {
            Token::Span(span) => {
                add(&mut spans, span.clone());
                continue;
            }
            Token::Mark { text, style, opens, .. } => (*text, *style, *opens),
        };
        if opens && !within.contains(&mark) && !single.contains(&mark) {
            let closing = |token: &Token| matches!(token, Token::Mark { text, closes: true, .. } if *text == mark);
            match tokens[at..].iter().position(closing) {
                Some(length) if length > 0 => {
                    let within = [within, &[mark]].concat();
                    spans.push(Span::Styled(style, tree(&tokens[at..at + length], &within)));
                    at += length + 1;
                    continue;
                }
                Some(_) => {}
                None => single.push(mark),
            }
        }
        add(&mut spans, Span::Text(mark.to_owned()));
    }
    spans
}

/// Adds a span; text goes on in the text before it.
pub(super) fn add(spans: &mut Vec<Span>, span: Span) {
    match (spans.last_mut(), span) {
        (Some(Span::Text(text)), Span::Text(more)) => text.push_str(&more),
        (_, span) => spans.push(span),
    }
}
