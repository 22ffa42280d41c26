//! Signatures as Trino writes them, `(array(T), function(T, U)) -> array(U)`, and what types a
//! call gives their variables.
//!
//! * A capital letter stands for any type, the same one everywhere.
//! * `varchar` takes text of any length, `time`, `timestamp` and `timestamp with time zone` any
//!   precision, `decimal` any decimal, each argument its own; where the result is one of these too,
//!   it is the (first) argument's.
//! * `varchar(x)` takes text as `varchar` does, and as the result it has the first such argument's
//!   length; `any` takes what comes, as it is.
//! * `...` after the last parameter: any number of these, none included.

use crate::sql::ty::SqlType;

/// What one parameter takes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Type(SqlType),
    Variable(char),
    /// Text that keeps its length.
    Text,
    Any,
    Decimal,
    Time,
    Timestamp,
    TimestampTz,
    Array(Box<Pattern>),
    Map(Box<Pattern>, Box<Pattern>),
    Function(Vec<Pattern>, Box<Pattern>),
    /// Any row type; bound like a variable.
    Row,
}

/// A parsed signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    takes: Vec<Pattern>,
    repeats: bool,
    gives: Pattern,
}

/// What is known of an argument before the call is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    Value(SqlType),
    /// A lambda of so many parameters.
    Lambda(usize),
}

impl Given {
    fn ty(&self) -> SqlType {
        match self {
            Self::Value(ty) => ty.clone(),
            Self::Lambda(_) => SqlType::Unknown,
        }
    }
}

/// A signature with types for its variables.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    signature: Signature,
    /// Types of the arguments as they came; a lambda's is not known.
    given: Vec<SqlType>,
    variables: Vec<(char, SqlType)>,
    precision: u8,
    /// Which decimal each argument is, where it is one.
    decimals: Vec<Option<SqlType>>,
    row: Option<SqlType>,
    /// How many arguments have to be converted.
    pub(crate) conversions: usize,
}

/// Whether what a lambda gives has the type that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Yes,
    /// It has a wider one, which is wanted from now on: parameters of lambdas may have changed.
    Wider,
    No,
}

impl Signature {
    /// Reads a signature. It is the program's own text, so a mistake in it is a bug that
    /// the tests find: a type that is not known is read as a variable nothing matches.
    pub(crate) fn parse(text: &str) -> Self {
        let (takes, gives) = text.split_once("->").unwrap_or((text, "unknown"));
        let inside = takes.trim().trim_start_matches('(');
        let inside = inside.strip_suffix(')').unwrap_or(inside);
        let (inside, repeats) = match inside.strip_suffix("...") {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        Self { takes: patterns(inside), repeats, gives: pattern(gives.trim()) }
    }

    /// Types for the variables if the arguments fit.
    pub(crate) fn bind(&self, given: &[Given]) -> Option<Binding> {
        let least = self.takes.len() - usize::from(self.repeats);
        if given.len() < least || !self.repeats && given.len() > self.takes.len() {
            return None;
        }
        let mut binding = Binding {
            signature: self.clone(),
            given: given.iter().map(Given::ty).collect(),
            variables: Vec::new(),
            precision: 0,
            decimals: vec![None; given.len()],
            row: None,
            conversions: 0,
        };
        for (at, given) in given.iter().enumerate() {
            match (self.parameter(at), given) {
                (Pattern::Function(parameters, _), Given::Lambda(count))
                    if parameters.len() == *count => {}
                (Pattern::Function(..), _) | (_, Given::Lambda(_)) => return None,
                (Pattern::Decimal, Given::Value(ty)) => binding.decimals[at] = Some(decimal(ty)?),
                (pattern, Given::Value(ty)) => {
                    binding.take(pattern, ty)?;
                }
            }
        }
        for (at, given) in given.iter().enumerate() {
            if let Given::Value(ty) = given {
                binding.conversions += usize::from(!alike(&binding.parameter(at), ty));
            }
        }
        Some(binding)
    }

    /// How many parameters the lambda at `at` has; `None` where no lambda stands.
    pub(crate) fn lambda_arity(&self, at: usize) -> Option<usize> {
        match self.takes.get(at) {
            Some(Pattern::Function(parameters, _)) => Some(parameters.len()),
            _ => None,
        }
    }

    fn parameter(&self, at: usize) -> &Pattern {
        self.takes.get(at).unwrap_or(&self.takes[self.takes.len() - 1])
    }
}

/// The decimal that a value of this type converts to.
fn decimal(ty: &SqlType) -> Option<SqlType> {
    match ty {
        SqlType::Decimal(..) => Some(ty.clone()),
        ty if ty.is_integer() || *ty == SqlType::Unknown => ty.common(&SqlType::Decimal(1, 0)),
        _ => None,
    }
}

/// Whether two types are one but for the length of text.
fn alike(a: &SqlType, b: &SqlType) -> bool {
    a.same(b) || a.is_text() && b.is_text()
}

impl Binding {
    fn take(&mut self, pattern: &Pattern, ty: &SqlType) -> Option<()> {
        use SqlType as T;
        match (pattern, ty) {
            (Pattern::Type(wanted), ty) => ty.converts_to(wanted).then_some(()),
            (Pattern::Text, ty) => ty.converts_to(&T::VARCHAR).then_some(()),
            (Pattern::Any, _) => Some(()),
            (Pattern::Variable(name), ty) => {
                let known = self.variables.iter_mut().find(|(known, _)| known == name);
                match known {
                    Some((_, known)) => *known = known.common(ty)?,
                    None => self.variables.push((*name, ty.clone())),
                }
                Some(())
            }
            (Pattern::Time | Pattern::Timestamp | Pattern::TimestampTz, T::Unknown)
            | (Pattern::Timestamp | Pattern::TimestampTz, T::Date) => Some(()),
            (Pattern::Time, T::Time(precision)) => {
                self.precision = self.precision.max(*precision);
                Some(())
            }
            (Pattern::Timestamp | Pattern::TimestampTz, T::Timestamp(precision))
            | (Pattern::TimestampTz, T::TimestampTz(precision)) => {
                self.precision = self.precision.max(*precision);
                Some(())
            }
            (Pattern::Row, T::Row(_) | T::Unknown) => {
                self.row.get_or_insert_with(|| ty.clone());
                Some(())
            }
            (Pattern::Array(item), T::Array(ty)) => self.take(item, ty),
            (Pattern::Array(item), T::Unknown) => self.take(item, ty),
            (Pattern::Map(key, value), T::Map(key_type, value_type)) => {
                self.take(key, key_type)?;
                self.take(value, value_type)
            }
            (Pattern::Map(key, value), T::Unknown) => {
                self.take(key, ty)?;
                self.take(value, ty)
            }
            _ => None,
        }
    }

    /// The type that argument `at` is converted to; for a lambda, that of its result.
    pub(crate) fn parameter(&self, at: usize) -> SqlType {
        match self.signature.parameter(at) {
            Pattern::Function(_, gives) => self.known(gives),
            Pattern::Decimal => {
                let decimal = self.decimals.get(at).cloned().flatten();
                decimal.unwrap_or_else(|| self.known(&Pattern::Decimal))
            }
            Pattern::Text => self.text(at),
            Pattern::Any => self.given.get(at).cloned().unwrap_or(SqlType::Unknown),
            pattern => self.known(pattern),
        }
    }

    /// The type of the text at `at`, with its length.
    fn text(&self, at: usize) -> SqlType {
        self.given.get(at).filter(|ty| ty.is_text()).cloned().unwrap_or(SqlType::VARCHAR)
    }

    /// Types of all arguments.
    pub(crate) fn parameters(&self) -> Vec<SqlType> {
        (0..self.given.len()).map(|at| self.parameter(at)).collect()
    }

    /// Types of the parameters of the lambda at `at`.
    pub(crate) fn lambda_parameters(&self, at: usize) -> Vec<SqlType> {
        match self.signature.parameter(at) {
            Pattern::Function(parameters, _) => {
                parameters.iter().map(|pattern| self.known(pattern)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Notes what the lambda at `at` gives.
    pub(crate) fn lambda_gives(&mut self, at: usize, ty: &SqlType) -> Fit {
        let Pattern::Function(_, gives) = self.signature.parameter(at).clone() else {
            return Fit::No;
        };
        let Pattern::Variable(name) = *gives else {
            return if alike(&self.known(&gives), ty) { Fit::Yes } else { Fit::No };
        };
        let known = self.variables.iter_mut().find(|(known, _)| *known == name);
        match known {
            None => self.variables.push((name, ty.clone())),
            Some((_, known)) if alike(known, ty) => {
                *known = known.common(ty).unwrap_or(known.clone())
            }
            Some((_, known)) if known.converts_to(ty) => {
                *known = ty.clone();
                return Fit::Wider;
            }
            Some(_) => return Fit::No,
        }
        Fit::Yes
    }

    /// The type of the result.
    pub(crate) fn result(&self) -> SqlType {
        self.known(&self.signature.gives)
    }

    fn known(&self, pattern: &Pattern) -> SqlType {
        match pattern {
            Pattern::Type(ty) => ty.clone(),
            Pattern::Variable(name) => self
                .variables
                .iter()
                .find(|(known, _)| known == name)
                .map_or(SqlType::Unknown, |(_, ty)| ty.clone()),
            Pattern::Any => SqlType::Unknown,
            Pattern::Decimal => {
                let first = self.decimals.iter().flatten().next();
                first.cloned().unwrap_or(SqlType::Decimal(1, 0))
            }
            Pattern::Time => SqlType::Time(self.precision),
            Pattern::Text => {
                let first = self.signature.takes.iter().position(|taken| *taken == Pattern::Text);
                self.text(first.unwrap_or(usize::MAX))
            }
            Pattern::Timestamp => SqlType::Timestamp(self.precision),
            Pattern::TimestampTz => SqlType::TimestampTz(self.precision),
            Pattern::Row => self.row.clone().unwrap_or(SqlType::Unknown),
            Pattern::Array(item) => SqlType::array(self.known(item)),
            Pattern::Map(key, value) => SqlType::map(self.known(key), self.known(value)),
            Pattern::Function(_, gives) => self.known(gives),
        }
    }
}

/// A comma-separated list of patterns.
fn patterns(text: &str) -> Vec<Pattern> {
    split(text).into_iter().map(pattern).collect()
}

/// Splits at commas outside parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, char) in text.char_indices() {
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

fn pattern(text: &str) -> Pattern {
    let inside =
        |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(patterns);
    if let Some(mut item) = inside("array")
        && item.len() == 1
    {
        return Pattern::Array(Box::new(item.remove(0)));
    }
    if let Some(mut entry) = inside("map")
        && entry.len() == 2
    {
        let value = entry.remove(1);
        return Pattern::Map(Box::new(entry.remove(0)), Box::new(value));
    }
    if let Some(mut all) = inside("function")
        && let Some(gives) = all.pop()
    {
        return Pattern::Function(all, Box::new(gives));
    }
    if let Some(fields) = inside("row") {
        let known = |pattern| match pattern {
            Pattern::Type(ty) => (None, ty),
            _ => (None, SqlType::Unknown),
        };
        return Pattern::Type(SqlType::Row(fields.into_iter().map(known).collect()));
    }
    Pattern::Type(match text {
        "time" => return Pattern::Time,
        "timestamp" => return Pattern::Timestamp,
        "timestamp with time zone" => return Pattern::TimestampTz,
        "decimal" => return Pattern::Decimal,
        "row" => return Pattern::Row,
        "varchar(x)" => return Pattern::Text,
        "any" => return Pattern::Any,
        "unknown" => SqlType::Unknown,
        "boolean" => SqlType::Boolean,
        "tinyint" => SqlType::Tinyint,
        "smallint" => SqlType::Smallint,
        "integer" => SqlType::Integer,
        "bigint" => SqlType::Bigint,
        "real" => SqlType::Real,
        "double" => SqlType::Double,
        "varchar" => SqlType::VARCHAR,
        "varchar(1)" => SqlType::Varchar(Some(1)),
        "varchar(4)" => SqlType::Varchar(Some(4)),
        "varbinary" => SqlType::Varbinary,
        "json" => SqlType::Json,
        "ipaddress" => SqlType::IpAddress,
        "date" => SqlType::Date,
        "timestamp(3)" => SqlType::Timestamp(3),
        "timestamp(3) with time zone" => SqlType::TimestampTz(3),
        "interval day to second" => SqlType::IntervalDay,
        "interval year to month" => SqlType::IntervalYear,
        _ => return Pattern::Variable(text.chars().next().unwrap_or('?')),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
