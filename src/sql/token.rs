//! SQL text to tokens, by Athena's rules: `"` quotes names, `'` quotes text, comments do not nest,
//! a backslash is an ordinary character.

use std::ops::Range;

use super::refusal::Refusal;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword, as written.
    Word(String),
    /// A name in double quotes, without them.
    Quoted(String),
    /// A text in single quotes, without them.
    Text(String),
    /// Bytes, `X'6A'`.
    Binary(Vec<u8>),
    /// Digits only.
    Integer(String),
    /// Digits with a point.
    Decimal(String),
    /// A number with an exponent.
    Double(String),
    /// An operator or a mark.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// Longer ones first, so that `->` is not read as `-`.
const SYMBOLS: [&str; 31] = [
    "->", "=>", "<>", "!=", "<=", ">=", "||", "::", "==", "(", ")", "[", "]", "{", "}", ",", ".",
    ";", ":", "?", "+", "-", "*", "/", "%", "=", "<", ">", "|", "@", "\\",
];

impl Token {
    /// Whether it is this word, unquoted, in any letter case.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(text) if text.eq_ignore_ascii_case(word))
    }

    /// Whether it is this symbol.
    pub fn is(&self, symbol: &str) -> bool {
        matches!(self.kind, Kind::Symbol(text) if text == symbol)
    }
}

/// Reads all of `text`. The last token is [`Kind::End`].
///
/// # Errors
/// `SYNTAX_ERROR` for an open quote or comment, a name that begins with a digit, or a character
/// that has no place in SQL.
pub fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip()?;
        let start = lexer.at;
        let kind = lexer.token()?;
        let end = kind == Kind::End;
        tokens.push(Token { kind, span: start..lexer.at });
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes over blanks and comments.
    fn skip(&mut self) -> Result<(), Refusal> {
        loop {
            let rest = self.rest();
            if rest.starts_with("--") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => self.at += end + 2,
                    None => {
                        return Err(Refusal::syntax(self.at, "the comment is not closed")
                            .hint("close it with */"));
                    }
                }
            } else {
                let blank = rest.len() - rest.trim_start().len();
                if blank == 0 {
                    return Ok(());
                }
                self.at += blank;
            }
        }
    }

    fn token(&mut self) -> Result<Kind, Refusal> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(Kind::End);
        };
        match first {
            '\'' => self.quoted('\'').map(Kind::Text),
            '"' => {
                let start = self.at;
                let name = self.quoted('"')?;
                if name.is_empty() {
                    return Err(Refusal::syntax(
                        start,
                        "Zero-length delimited identifier not allowed",
                    ));
                }
                Ok(Kind::Quoted(name))
            }
            '`' => Err(Refusal::syntax(
                self.at,
                "backquoted identifiers are not supported; use double quotes to quote identifiers",
            )),
            'x' | 'X' if rest[1..].starts_with('\'') => {
                let start = self.at;
                self.at += 1;
                let digits = self.quoted('\'')?;
                bytes(&digits)
                    .map(Kind::Binary)
                    .map_err(|reason| Refusal::syntax(start, format!("Binary literal {reason}")))
            }
            'u' | 'U' if rest[1..].starts_with("&'") => {
                let start = self.at;
                self.at += 2;
                let text = self.quoted('\'')?;
                let escape = self.unicode_escape(start)?;
                unicode(&text, escape)
                    .map(Kind::Text)
                    .map_err(|reason| Refusal::syntax(start, reason))
            }
            _ if first.is_alphabetic() || first == '_' => {
                let part = |char: char| {
                    char.is_alphanumeric() || char == '_' || char == '@' || char == '$'
                };
                let end = rest.find(|char| !part(char)).unwrap_or(rest.len());
                self.at += end;
                Ok(Kind::Word(rest[..end].to_owned()))
            }
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|char: char| char.is_ascii_digit()) => self.number(),
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Ok(Kind::Symbol(symbol))
                }
                None => Err(Refusal::syntax(self.at, format!("mismatched input '{first}'"))),
            },
        }
    }

    /// Text up to the closing quote; a doubled quote stands for one.
    fn quoted(&mut self, quote: char) -> Result<String, Refusal> {
        let start = self.at;
        let mut text = String::new();
        let mut from = start + 1;
        while let Some(found) = self.text[from..].find(quote) {
            text.push_str(&self.text[from..from + found]);
            from += found + 1;
            if !self.text[from..].starts_with(quote) {
                self.at = from;
                return Ok(text);
            }
            text.push(quote);
            from += 1;
        }
        Err(Refusal::syntax(start, format!("mismatched input '{quote}'")).hint(format!(
            "the {quote} is not closed; one inside is written twice: {quote}{quote}"
        )))
    }

    /// The character that `UESCAPE '!'` names, where that follows; otherwise a backslash.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Refusal> {
        const WORD: &str = "uescape";
        let here = self.at;
        self.skip()?;
        let word = self.rest().get(..WORD.len());
        if !word.is_some_and(|word| word.eq_ignore_ascii_case(WORD)) {
            self.at = here;
            return Ok('\\');
        }
        self.at += WORD.len();
        self.skip()?;
        if !self.rest().starts_with('\'') {
            self.at = here;
            return Ok('\\');
        }
        let escape = self.quoted('\'')?;
        let mut chars = escape.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None)
                if !(char.is_ascii_hexdigit()
                    || char.is_whitespace()
                    || matches!(char, '+' | '"' | '\'')) =>
            {
                Ok(char)
            }
            (Some(_), None) => {
                let reason = format!("Invalid Unicode escape character: {escape}");
                Err(Refusal::syntax(start, reason))
            }
            _ => Err(Refusal::syntax(start, "Empty Unicode escape character")),
        }
    }

    fn number(&mut self) -> Result<Kind, Refusal> {
        let start = self.at;
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits = |from: usize| {
            bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let mut end = digits(0);
        let mut point = false;
        if bytes.get(end) == Some(&b'.') {
            point = true;
            end += 1 + digits(end + 1);
        }
        let mut exponent = false;
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let count = digits(end + 1 + sign);
            if count > 0 {
                exponent = true;
                end += 1 + sign + count;
            }
        }
        let number = rest[..end].to_owned();
        self.at += end;
        if self.rest().starts_with(|char: char| char.is_alphabetic() || char == '_') {
            return Err(Refusal::syntax(
                start,
                "identifiers must not start with a digit; surround the identifier with double quotes",
            ));
        }
        Ok(match (point, exponent) {
            (_, true) => Kind::Double(number),
            (true, false) => Kind::Decimal(number),
            (false, false) => Kind::Integer(number),
        })
    }
}

/// The bytes that pairs of hexadecimal digits stand for, or what is wrong with them. Blanks between
/// them do not count.
fn bytes(digits: &str) -> Result<Vec<u8>, &'static str> {
    let digits: Option<Vec<u8>> = digits
        .chars()
        .filter(|char| !char.is_whitespace())
        .map(|char| char.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.ok_or("can only contain hexadecimal digits")?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err("must contain an even number of digits");
    }
    Ok(pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Text with `\2603` and `\+01F600` replaced by what they stand for, and `\\` by a backslash, where
/// a backslash is `escape`; or what is wrong with it.
fn unicode(text: &str, escape: char) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(escape) {
        out.push_str(before);
        if let Some(after) = after.strip_prefix(escape) {
            out.push(escape);
            rest = after;
            continue;
        }
        let (after, length) = match after.strip_prefix('+') {
            Some(after) => (after, 6),
            None => (after, 4),
        };
        let digits: String = after.chars().take(length).collect();
        if let Some(wrong) = digits.chars().find(|char| !char.is_ascii_hexdigit()) {
            return Err(format!("Invalid hexadecimal digit: {wrong}"));
        }
        if digits.len() < length {
            return Err(format!("Incomplete escape sequence: {digits}"));
        }
        let code = u32::from_str_radix(&digits, 16).unwrap_or(u32::MAX);
        match char::from_u32(code) {
            Some(char) => out.push(char),
            None if (0xd800..0xe000).contains(&code) => {
                return Err(format!(
                    "Invalid escaped character: {digits}. Escaped character is a surrogate. Use '\\+123456' instead."
                ));
            }
            None => return Err(format!("Invalid escaped character: {digits}")),
        }
        rest = &after[length..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).unwrap().into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn quotes_numbers_and_comments() {
        assert_eq!(
            kinds("a \"b\"\"c\" 'd''e\\' 1 1.5 .5 1e7 2.e-1 X'6a 6B' -- x\n/* y */ U&'\\2603'"),
            [
                Kind::Word("a".to_owned()),
                Kind::Quoted("b\"c".to_owned()),
                Kind::Text("d'e\\".to_owned()),
                Kind::Integer("1".to_owned()),
                Kind::Decimal("1.5".to_owned()),
                Kind::Decimal(".5".to_owned()),
                Kind::Double("1e7".to_owned()),
                Kind::Double("2.e-1".to_owned()),
                Kind::Binary(b"jk".to_vec()),
                Kind::Text("\u{2603}".to_owned()),
                Kind::End,
            ]
        );
    }

    #[test]
    fn escapes_may_be_another_character() {
        assert_eq!(kinds("U&'d!0061t!!\\' uescape '!'")[0], Kind::Text("dat!\\".to_owned()));
        assert_eq!(kinds("u&'\\+01F600' uescaped")[0], Kind::Text("\u{1f600}".to_owned()));
        for wrong in
            ["U&'\\zz'", "U&'\\d800'", "U&'\\+110000'", "U&'\\'", "U&'\\é'", "U&'' UESCAPE '+'"]
        {
            assert_eq!(tokens(wrong).unwrap_err().at, Some(0), "{wrong}");
        }
    }

    #[test]
    fn symbols_are_read_longest_first() {
        let symbols = [
            Kind::Symbol("->"),
            Kind::Symbol("<>"),
            Kind::Symbol("<"),
            Kind::Symbol("-"),
            Kind::End,
        ];
        assert_eq!(kinds("-><>< -"), symbols);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        for (text, at) in
            [("SELECT 'x", 7), ("a /* b", 2), ("a `b`", 2), ("12ab", 0), ("x ~ y", 2), ("\"\"", 0)]
        {
            assert_eq!(tokens(text).unwrap_err().at, Some(at), "{text}");
        }
    }
}
