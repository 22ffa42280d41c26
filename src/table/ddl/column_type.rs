//! Hive's column types as Trino's.

use super::Wrong;
use super::lexer::{Place, Token};
use super::reader::Reader;
use crate::sql::ty::SqlType;

/// Nesting of types that is read; CloudTrail's own need five.
const DEEPEST: usize = 32;

/// Reads a type as a catalogue writes it: `struct<arn:string>`.
///
/// # Errors
/// What is wrong with it, and what to write.
pub fn column_type(text: &str) -> Result<SqlType, String> {
    let read_all = || {
        let mut reader = Reader::new(text)?;
        let ty = read(&mut reader, 0)?;
        match reader.next.token {
            Token::End => Ok(ty),
            _ => reader.expected("the end of the type", "Write one type."),
        }
    };
    read_all().map_err(|Wrong { place: Place { column, .. }, reason, hint }| {
        format!("{text}:{column}: {reason}; {hint}")
    })
}

/// Reads a type inside `depth` others.
pub(super) fn read(reader: &mut Reader<'_>, depth: usize) -> Result<SqlType, Wrong> {
    if depth > DEEPEST {
        return reader.wrong(
            format!("types are nested more than {DEEPEST} deep here"),
            "Declare the inner part as string: it is the JSON text then.",
        );
    }
    let Token::Word(word) = &reader.next.token else {
        return reader.expected("a type", "Write string if you are not sure.");
    };
    let word = word.to_lowercase();
    let ty = match word.as_str() {
        "string" => SqlType::VARCHAR,
        "boolean" => SqlType::Boolean,
        "tinyint" => SqlType::Tinyint,
        "smallint" => SqlType::Smallint,
        "int" | "integer" => SqlType::Integer,
        "bigint" => SqlType::Bigint,
        "float" => SqlType::Real,
        "double" => SqlType::Double,
        "date" => SqlType::Date,
        "timestamp" => SqlType::Timestamp(3),
        "binary" => SqlType::Varbinary,
        "varchar" | "char" | "decimal" | "array" | "map" | "struct" => {
            reader.advance()?;
            return compound(reader, &word, depth);
        }
        _ => return unknown(reader, &word),
    };
    reader.advance()?;
    Ok(ty)
}

fn compound(reader: &mut Reader<'_>, word: &str, depth: usize) -> Result<SqlType, Wrong> {
    match word {
        "decimal" => decimal(reader),
        "varchar" | "char" => {
            let hint = format!("Write {word}(100), or string.");
            reader.sign('(', &hint)?;
            let length = reader.number("the length")?;
            reader.sign(')', &hint)?;
            Ok(SqlType::Varchar(Some(length)))
        }
        "array" => {
            const HINT: &str = "Arrays read: array<type>.";
            reader.sign('<', HINT)?;
            let item = read(reader, depth + 1)?;
            reader.sign('>', HINT)?;
            Ok(SqlType::array(item))
        }
        "map" => {
            const HINT: &str = "Maps read: map<string,type>.";
            reader.sign('<', HINT)?;
            let key = reader.next.place;
            if read(reader, depth + 1)? != SqlType::VARCHAR {
                let reason = "the keys of JSON objects are texts".to_owned();
                return Err(Wrong { place: key, reason, hint: HINT.to_owned() });
            }
            reader.sign(',', HINT)?;
            let value = read(reader, depth + 1)?;
            reader.sign('>', HINT)?;
            Ok(SqlType::map(SqlType::VARCHAR, value))
        }
        _ => row(reader, depth),
    }
}

fn decimal(reader: &mut Reader<'_>) -> Result<SqlType, Wrong> {
    let place = reader.next.place;
    let (mut precision, mut scale) = (10_u8, 0_i8);
    if reader.eat_sign('(')? {
        precision = reader.number("the number of digits")?;
        if reader.eat_sign(',')? {
            scale = reader.number("the number of digits after the point")?;
        }
        reader.sign(')', "Write decimal(10,2).")?;
    }
    let whole = i8::try_from(precision).ok().filter(|precision| (1..=38).contains(precision));
    match whole {
        Some(whole) if (0..=whole).contains(&scale) => Ok(SqlType::Decimal(precision, scale)),
        _ => Err(Wrong {
            place,
            reason: "a decimal has 1 to 38 digits, and no more after the point".to_owned(),
            hint: "Write decimal(10,2).".to_owned(),
        }),
    }
}

fn row(reader: &mut Reader<'_>, depth: usize) -> Result<SqlType, Wrong> {
    const HINT: &str = "Structs read: struct<name:type,name:type>.";
    reader.sign('<', HINT)?;
    let mut fields: Vec<(Option<String>, SqlType)> = Vec::new();
    loop {
        let place = reader.next.place;
        let name = reader.name("a field")?.to_lowercase();
        if fields.iter().any(|(known, _)| known.as_ref() == Some(&name)) {
            let reason = format!("field '{name}' is there twice");
            return Err(Wrong { place, reason, hint: "Take one away.".to_owned() });
        }
        reader.sign(':', HINT)?;
        let ty = read(reader, depth + 1)?;
        if reader.eat("comment")? {
            reader.text("the comment")?;
        }
        fields.push((Some(name), ty));
        if !reader.eat_sign(',')? {
            break;
        }
    }
    if reader.eat_sign('>')? {
        Ok(SqlType::Row(fields))
    } else {
        reader.expected("',' or '>'", HINT)
    }
}

/// Types of other dialects, and what Hive calls them.
const ELSEWHERE: [(&str, &str); 9] = [
    ("text", "string"),
    ("number", "decimal(38,0)"),
    ("long", "bigint"),
    ("real", "float"),
    ("bool", "boolean"),
    ("row", "struct<name:type>"),
    ("json", "string; the SQL functions take JSON from text"),
    ("varbinary", "binary"),
    ("uniontype", "string"),
];

fn unknown<T>(reader: &Reader<'_>, word: &str) -> Result<T, Wrong> {
    const KNOWN: [&str; 15] = [
        "string",
        "boolean",
        "tinyint",
        "smallint",
        "int",
        "bigint",
        "float",
        "double",
        "decimal",
        "date",
        "timestamp",
        "binary",
        "array",
        "map",
        "struct",
    ];
    let instead = ELSEWHERE.iter().find(|(name, _)| *name == word).map(|(_, instead)| *instead);
    let hint = match instead.or_else(|| crate::nearest(word, &KNOWN).copied()) {
        Some(instead) => format!("Write {instead}."),
        None => format!("The types are: {}.", KNOWN.join(", ")),
    };
    reader.wrong(format!("'{word}' is no type of Hive's"), hint)
}
