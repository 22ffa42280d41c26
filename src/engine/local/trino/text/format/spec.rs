//! A format taken apart, and checked as far as no values are needed for it.

/// The largest width and precision; Java knows none, and fills its memory.
const WIDEST: usize = 1_000_000;

/// A part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Spec(Spec),
}

/// `%-10.3s`: where a value goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spec {
    /// As it is written.
    pub(super) text: String,
    pub(super) place: Place,
    flags: String,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) conversion: Conversion,
    /// Its letter, in lower case.
    letter: char,
    /// Whether what is printed becomes upper case.
    pub(super) upper: bool,
}

/// Which value a place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The one after that of the last place of this kind.
    Next,
    /// That of the place before.
    Same,
    /// The one at a position, from 0.
    At(usize),
}

/// How a value is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    Boolean,
    Text,
    Char,
    Decimal,
    Octal,
    Hexadecimal,
    Scientific,
    Fixed,
    General,
    Percent,
    Newline,
}

impl Spec {
    /// Whether a flag is set.
    pub(super) fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Refuses flags that the conversion has no use for.
    pub(super) fn refuses(&self, flags: &[char]) -> Result<(), String> {
        match flags.iter().find(|flag| self.has(**flag)) {
            None => Ok(()),
            Some(flag) => Err(format!(
                "FormatFlagsConversionMismatch: Conversion = {}, Flags = {flag}",
                self.letter
            )),
        }
    }

    /// What is said of a value that the conversion does not take.
    pub(super) fn misfit(&self, class: &str) -> String {
        format!("IllegalFormatConversion: {} != {class}", self.letter)
    }

    fn needs_width(&self, flags: &[char]) -> Result<(), String> {
        if self.width.is_none() && flags.iter().any(|flag| self.has(*flag)) {
            return Err(format!("MissingFormatWidth: {}", self.text));
        }
        Ok(())
    }

    fn has_no_precision(&self) -> Result<(), String> {
        match self.precision {
            Some(precision) => Err(format!("IllegalFormatPrecision: {precision}")),
            None => Ok(()),
        }
    }

    /// The flags in the order of Java's lists.
    fn illegal_flags(&self) -> String {
        let flags: String = "-#+ 0,(<".chars().filter(|flag| self.has(*flag)).collect();
        format!("IllegalFormatFlags: Flags = '{flags}'")
    }

    fn check(&self) -> Result<(), String> {
        match self.conversion {
            Conversion::Boolean | Conversion::Text => {
                self.refuses(&['#'])?;
                self.needs_width(&['-'])?;
                self.refuses(&['+', ' ', '0', ',', '('])
            }
            Conversion::Char => {
                self.has_no_precision()?;
                self.refuses(&['#', '+', ' ', '0', ',', '('])?;
                self.needs_width(&['-'])
            }
            Conversion::Decimal => {
                self.check_number()?;
                self.has_no_precision()?;
                self.refuses(&['#'])
            }
            Conversion::Octal | Conversion::Hexadecimal => {
                self.check_number()?;
                self.has_no_precision()?;
                self.refuses(&[','])
            }
            Conversion::Fixed => self.check_number(),
            Conversion::Scientific => {
                self.check_number()?;
                self.refuses(&[','])
            }
            Conversion::General => {
                self.check_number()?;
                self.refuses(&['#'])
            }
            Conversion::Percent => {
                self.has_no_precision()?;
                if self.flags.chars().any(|flag| flag != '-') {
                    return Err(self.illegal_flags());
                }
                self.needs_width(&['-'])
            }
            Conversion::Newline => {
                self.has_no_precision()?;
                if let Some(width) = self.width {
                    return Err(format!("IllegalFormatWidth: {width}"));
                }
                if self.flags.is_empty() { Ok(()) } else { Err(self.illegal_flags()) }
            }
        }
    }

    fn check_number(&self) -> Result<(), String> {
        self.needs_width(&['-', '0'])?;
        if self.has('+') && self.has(' ') || self.has('-') && self.has('0') {
            return Err(self.illegal_flags());
        }
        Ok(())
    }
}

/// Takes a format apart, or says what is wrong with it.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (text, spec) = rest.split_at(at);
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        let spec = read(spec)?;
        rest = rest.get(at + spec.text.len()..).unwrap_or_default();
        pieces.push(Piece::Spec(spec));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// Reads the place that `text` begins with.
fn read(text: &str) -> Result<Spec, String> {
    let inside = text.strip_prefix('%').unwrap_or(text);
    let unknown = || {
        format!("UnknownFormatConversion: Conversion = '{}'", inside.chars().next().unwrap_or('%'))
    };
    let mut rest = inside;
    let mut place = Place::Next;
    let index = digits(rest);
    if let Some(after) = rest.get(index.len()..).and_then(|rest| rest.strip_prefix('$'))
        && !index.is_empty()
    {
        place = Place::At(position(index)?);
        rest = after;
    }
    let mut flags = String::new();
    while let Some(flag) = rest.chars().next().filter(|char| "-#+ 0,(<".contains(*char)) {
        if flags.contains(flag) {
            return Err(format!("DuplicateFormatFlags: Flags = '{flag}'"));
        }
        flags.push(flag);
        rest = rest.get(1..).unwrap_or_default();
    }
    if flags.contains('<') {
        flags.retain(|flag| flag != '<');
        place = Place::Same;
    }
    let width = digits(rest);
    rest = rest.get(width.len()..).unwrap_or_default();
    let width = (!width.is_empty()).then(|| size(width, "IllegalFormatWidth")).transpose()?;
    let mut precision = None;
    if let Some(after) = rest.strip_prefix('.') {
        let number = digits(after);
        if number.is_empty() {
            return Err(unknown());
        }
        precision = Some(size(number, "IllegalFormatPrecision")?);
        rest = after.get(number.len()..).unwrap_or_default();
    }
    let Some(letter) = rest.chars().next() else {
        return Err(unknown());
    };
    // A `$`, or a point, where none may stand.
    if letter.is_ascii_punctuation() && letter != '%' {
        return Err(unknown());
    }
    rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    let conversion = conversion(letter)?;
    let written = text.len() - rest.len();
    let spec = Spec {
        text: text.get(..written).unwrap_or(text).to_owned(),
        place,
        flags,
        width,
        precision,
        conversion,
        letter: letter.to_ascii_lowercase(),
        upper: letter.is_ascii_uppercase(),
    };
    spec.check()?;
    Ok(spec)
}

fn conversion(letter: char) -> Result<Conversion, String> {
    Ok(match letter {
        'b' | 'B' => Conversion::Boolean,
        's' | 'S' => Conversion::Text,
        'c' | 'C' => Conversion::Char,
        'd' => Conversion::Decimal,
        'o' => Conversion::Octal,
        'x' | 'X' => Conversion::Hexadecimal,
        'e' | 'E' => Conversion::Scientific,
        'f' => Conversion::Fixed,
        'g' | 'G' => Conversion::General,
        '%' => Conversion::Percent,
        'n' => Conversion::Newline,
        't' | 'T' | 'h' | 'H' | 'a' | 'A' => {
            return Err(format!("%{letter} is not supported here"));
        }
        _ => return Err(format!("UnknownFormatConversion: Conversion = '{letter}'")),
    })
}

fn digits(text: &str) -> &str {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..end).unwrap_or_default()
}

/// `2` of `%2$s`, from 0.
fn position(digits: &str) -> Result<usize, String> {
    match digits.parse::<i32>().map(|index| usize::try_from(index).unwrap_or(0).checked_sub(1)) {
        Ok(Some(at)) => Ok(at),
        Ok(None) => Err("IllegalFormatArgumentIndex: Illegal format argument index = 0".to_owned()),
        Err(_) => {
            Err("IllegalFormatArgumentIndex: Format argument index: (not representable as int)"
                .to_owned())
        }
    }
}

fn size(digits: &str, wrong: &str) -> Result<usize, String> {
    match digits.parse::<i32>().map(usize::try_from) {
        Ok(Ok(size)) if size <= WIDEST => Ok(size),
        Ok(_) => Err(format!("{wrong}: {digits}")),
        Err(_) => Err(format!("{wrong}: -2147483648")),
    }
}
