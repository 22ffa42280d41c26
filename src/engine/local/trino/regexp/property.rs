//! Named sets of characters: `\p{L}`, `[[:alpha:]]`, `\d`.

/// Decimal digits of ASCII, as all of the three short classes are ASCII only.
pub(super) const DIGIT: &str = "0-9";
pub(super) const WORD: &str = "0-9A-Za-z_";
pub(super) const SPACE: &str = r"\t\n\x0b\f\r ";

/// The inside of the class for a letter behind a backslash: `\d`, `\w`, `\s`.
pub(super) fn short(letter: char) -> Option<&'static str> {
    match letter.to_ascii_lowercase() {
        'd' => Some(DIGIT),
        'w' => Some(WORD),
        's' => Some(SPACE),
        _ => None,
    }
}

/// The inside of the class for a name in `[[:name:]]`.
pub(super) fn posix(name: &str) -> Option<&'static str> {
    Some(match name {
        "alnum" => r"\p{Alphabetic}\p{Nd}",
        "alpha" => r"\p{Alphabetic}",
        "ascii" => r"\x00-\x7f",
        "blank" => r"\p{Zs}\t",
        "cntrl" => r"\p{Cc}",
        "digit" => r"\p{Nd}",
        "graph" => r"[^\p{White_Space}\p{Cc}\p{Cn}]",
        "lower" => r"\p{Lowercase}",
        "print" => r"[^\p{White_Space}\p{Cc}\p{Cn}]\p{Zs}",
        "punct" => r"\p{P}",
        "space" => r"\p{White_Space}",
        "upper" => r"\p{Uppercase}",
        "word" => r"\w",
        "xdigit" => "0-9A-Fa-f",
        _ => return None,
    })
}

/// Java's names for what its own methods say of characters.
fn java(name: &str) -> Option<&'static str> {
    Some(match name {
        "javaalphabetic" => r"\p{Alphabetic}",
        "javadigit" => r"\p{Nd}",
        "javaisocontrol" => r"\p{Cc}",
        "javaletter" => r"\p{L}",
        "javaletterordigit" => r"\p{L}\p{Nd}",
        "javalowercase" => r"\p{Lowercase}",
        "javaspacechar" => r"\p{Z}",
        "javatitlecase" => r"\p{Lt}",
        "javauppercase" => r"\p{Uppercase}",
        "javawhitespace" => r"\p{Zl}\p{Zp}\t\n\x0b\f\r\x1c-\x1f[\p{Zs}&&[^\u{a0}\u{2007}\u{202f}]]",
        _ => return None,
    })
}

/// The inside of the class for a name in `\p{name}`: a category, a script, or one of the others.
pub(super) fn named(name: &str) -> Option<String> {
    let key = name.to_ascii_lowercase();
    if let Some(inside) = posix(&key).or_else(|| java(&key)) {
        return Some(inside.to_owned());
    }
    // Rust would take a name in other spellings too, and after `is`.
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase());
    let known = plain && !key.starts_with("is") && !key.starts_with("java");
    let inside = format!(r"\p{{{name}}}");
    (known && regex::Regex::new(&inside).is_ok()).then_some(inside)
}
