//! Where a secret is kept, as a config writes it: `ssm:/path`, `env:NAME`, `file:path`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a secret is kept. It is no secret itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// A parameter in AWS Systems Manager: its name or ARN, with `:version` or `:label` or without.
    Ssm(String),
    /// A variable of the environment.
    Env(String),
    /// A file that holds nothing else.
    File(PathBuf),
}

/// Why a text is no reference. It never holds the text, which may well be the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misread {
    /// There is no `ssm:`, `env:` or `file:` before it.
    #[error("is no reference to a secret")]
    Literal,
    /// No parameter can be called so.
    #[error("names no parameter after ssm:")]
    Parameter,
    /// No variable can be called so.
    #[error("names no variable after env:")]
    Variable,
    /// There is nothing after `file:`.
    #[error("names no file after file:")]
    File,
}

impl Misread {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Literal => {
                "Keep the secret itself out of the config, which gets copied and logged: put it \
                 into SSM Parameter Store and write \"ssm:/path\" here, or \"env:NAME\" or \
                 \"file:path\"."
            }
            Self::Parameter => {
                "Write \"ssm:/clickops/webhook\": letters, digits and ./_- of a name or an ARN, and \
                 :version or :label behind it if you like."
            }
            Self::Variable => "Write \"env:NAME\" with letters, digits and underscores.",
            Self::File => "Write \"file:path\"; a relative path is meant from the config's folder.",
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssm(name) => write!(f, "ssm:{name}"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl FromStr for Reference {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        match text.split_once(':') {
            Some(("ssm", name)) if is_parameter(name) => Ok(Self::Ssm(name.to_owned())),
            Some(("ssm", _)) => Err(Misread::Parameter),
            Some(("env", name)) if is_variable(name) => Ok(Self::Env(name.to_owned())),
            Some(("env", _)) => Err(Misread::Variable),
            Some(("file", "")) => Err(Misread::File),
            Some(("file", path)) => Ok(Self::File(PathBuf::from(path))),
            _ => Err(Misread::Literal),
        }
    }
}

/// The rules of Parameter Store for names, selectors and ARNs together.
fn is_parameter(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/:".contains(&byte);
    (1..=2048).contains(&name.len())
        && name.bytes().all(good)
        && !name.starts_with(':')
        && !name.ends_with([':', '/'])
}

fn is_variable(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(good) && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn references_say_where_and_print_as_they_are_written() {
        for text in [
            "ssm:/clickops/webhook",
            "ssm:webhook:3",
            "ssm:/clickops/webhook:live",
            "ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/clickops/webhook",
            "env:WEBHOOK_URL",
            "file:/etc/clickops/url",
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_none_is_refused_without_a_word_of_it() {
        for (text, misread) in [
            ("https://hooks.example.com/T0/B0/hush", Misread::Literal),
            ("hush", Misread::Literal),
            ("", Misread::Literal),
            ("SSM:/hush", Misread::Literal),
            ("ssm:", Misread::Parameter),
            ("ssm:/hush hush", Misread::Parameter),
            ("ssm:hush/", Misread::Parameter),
            ("ssm:https://hooks.example.com/hush?x=1", Misread::Parameter),
            ("env:", Misread::Variable),
            ("env:1HUSH", Misread::Variable),
            ("env:HUSH=1", Misread::Variable),
            ("file:", Misread::File),
        ] {
            let error = text.parse::<Reference>().unwrap_err();
            assert_eq!(error, misread, "{text}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("hush"), "{text}");
        }
    }
}
