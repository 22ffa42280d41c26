//! The shell on a terminal: reads a line, has it answered, and so on.

use std::io::{self, IsTerminal as _};

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Behavior, ColorMode, CompletionType, Config, Editor};

use super::complete::Completion;
use super::dialog::{Dialog, Next};
use super::history::History;
use super::input;
use super::session::{Refused, Session};
use crate::cli::remark;
use crate::error::{Error, Exit};

const PROMPT: &str = "clickops> ";
/// Statements that are remembered.
const REMEMBERED: usize = 5000;

/// Talks with whoever sits at the terminal until they leave.
pub(super) async fn run(session: Session) -> Result<Exit, Error> {
    let mut dialog = Dialog::new(session);
    let words = dialog.words().await?;
    let mut editor = editor().map_err(|error| unusable(&error))?;
    editor.set_helper(Some(Completion::new(words)));
    let mut history = History::open(&mut editor);
    remark(&format!(
        "clickops {}, {}. Statements end with a semicolon; \\? helps, \\q leaves.",
        env!("CARGO_PKG_VERSION"),
        dialog.session.extent()
    ));
    loop {
        let text = match tokio::task::block_in_place(|| editor.readline(PROMPT)) {
            Ok(text) => text,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(Exit::Done),
            Err(error) => return Err(unusable(&error)),
        };
        if !text.trim().is_empty() {
            history.add(&mut editor, text.trim_end());
        }
        for input in input::all_inputs(&text) {
            match dialog.typed(input).await {
                Ok(Next::More(Exit::Interrupted)) => break,
                Ok(Next::More(_)) => {}
                Ok(Next::Leave(_)) => return Ok(Exit::Done),
                // What else was typed may build on what has failed.
                Err(refused) => {
                    tell(&refused);
                    break;
                }
            }
        }
    }
}

fn editor() -> rustyline::Result<Editor<Completion, FileHistory>> {
    // Where rows go to a file, the editor still needs the terminal.
    let behavior = match io::stdout().is_terminal() {
        true => Behavior::Stdio,
        false => Behavior::PreferTerm,
    };
    let config = Config::builder()
        .behavior(behavior)
        .color_mode(ColorMode::Enabled)
        .completion_type(CompletionType::List)
        .max_history_size(REMEMBERED)?
        .build();
    Editor::with_config(config)
}

fn tell(refused: &Refused) {
    if let Some(quote) = &refused.quote {
        remark(quote);
    }
    remark(refused.error.report().trim_end());
}

fn unusable(error: &ReadlineError) -> Error {
    Error::usage(
        format!("this terminal cannot be read: {error}"),
        "Give the question with --sql, or pipe statements in.",
    )
}
