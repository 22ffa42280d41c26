//! The settings of an earlier tool, terraform-aws-clickops-notifier, as a config of this one.
//!
//! `read` takes the variables out of a file, `settings` says what they mean, `write` puts down the
//! config. What cannot be taken over is never dropped in silence: [`Imported::left`] says why,
//! and where something is unclear, the config reports more rather than less.

mod read;
mod settings;
mod write;

/// A config made of another tool's settings.
#[derive(Debug)]
pub struct Imported {
    /// The config file.
    pub config: String,
    /// What was taken over, and what became of it; fragments.
    pub taken: Vec<String>,
    /// What was not, and why; fragments.
    pub left: Vec<String>,
}

/// Why a file cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The text is no HCL, or no JSON.
    #[error("line {line}, column {column}: {reason}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// A variable has a value that the notifier would refuse too.
    #[error("line {line}: {name} {reason}")]
    Value {
        /// Line, from 1.
        line: usize,
        /// The variable.
        name: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// There is none of the notifier's variables in it.
    #[error("it sets none of the notifier's variables")]
    Nothing,
}

impl ImportError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => {
                "Give a .tfvars file that Terraform accepts; `terraform fmt FILE` finds the same mistake."
            }
            Self::Value { .. } => "Write the value as the notifier's variables.tf declares it.",
            Self::Nothing => {
                "Give a .tfvars file with included_accounts, excluded_users, ..., or the .tf file that calls the module."
            }
        }
    }
}

/// Makes a config of a file: `.tfvars`, the `.tf` file that calls the module, or, with `json`, a
/// `.tfvars.json`.
///
/// # Errors
/// [`ImportError`], with the line.
pub fn import(text: &str, json: bool) -> Result<Imported, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let variables = if json { read::json(text)? } else { read::hcl(text)? };
    let mut left = Vec::new();
    let settings = settings::of(variables, &mut left)?;
    let mut taken = Vec::new();
    let config = write::config(&settings, &mut taken);
    Ok(Imported { config, taken, left })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
