//! Statements and commands, one after another: of a script, or of somebody at the shell.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use super::STANDARD_INPUT;
use super::command::{COMMANDS, Command};
use super::input::{self, Input};
use super::session::{Answered, Refused, Session};
use super::words::{Table, Words};
use crate::cli::listed::{first_sentence, listed, paragraph};
use crate::cli::print::Format;
use crate::cli::progress::counted;
use crate::cli::{output, remark};
use crate::error::{Error, Exit};
use crate::nearest;
use crate::query::BoundQuery;

/// What one statement of a shell is called in messages.
const STATEMENT: &str = "statement";

/// A session that is talked to.
pub(super) struct Dialog {
    pub(super) session: Session,
    words: Option<Arc<Words>>,
    answers: u64,
}

/// Whether to go on.
pub(super) enum Next {
    More(Exit),
    Leave(Exit),
}

/// Runs what was piped in, up to the first mistake.
pub(super) async fn script(session: Session, text: &str) -> Result<Exit, Error> {
    let inputs = input::all_inputs(text);
    if inputs.is_empty() {
        return Err(Error::usage(
            "there is no question",
            "Give the name of a query, --sql, --file, or pipe statements in; in a terminal, \
             `clickops query --logs DIR` opens a shell.",
        ));
    }
    let mut dialog = Dialog::new(session);
    let mut worst = Exit::Done;
    for input in inputs {
        let next = match input {
            Input::Command(line) => dialog.command(line).await,
            Input::Statement(statement, start) => {
                let text = input::in_place(text, statement, start);
                dialog.statement(STANDARD_INPUT, &text).await.map(Dialog::after)
            }
        };
        match next.map_err(|refused| refused.error)? {
            Next::More(exit) => worst = worst.max(exit),
            Next::Leave(exit) => return Ok(worst.max(exit)),
        }
    }
    Ok(worst)
}

impl Dialog {
    pub(super) fn new(session: Session) -> Self {
        Self { session, words: None, answers: 0 }
    }

    /// Takes what somebody typed, and says on the terminal how it went.
    pub(super) async fn typed(&mut self, input: Input<'_>) -> Result<Next, Refused> {
        let started = Instant::now();
        let answered = match input {
            Input::Command(line) => return self.command(line).await,
            Input::Statement(text, _) if Command::bare(text).is_some() => {
                let command = Command::bare(text).unwrap_or(Command::Help);
                return self.perform(command).await;
            }
            Input::Statement(text, _) => self.statement(STATEMENT, text).await?,
        };
        if answered.exit != Exit::Interrupted {
            let rows = counted(answered.rows, "row");
            remark(&format!("{rows}, {:.1} s", started.elapsed().as_secs_f32()));
        }
        Ok(Next::More(answered.exit))
    }

    /// An interruption, or a reader who is gone, ends a script.
    fn after(answered: Answered) -> Next {
        match answered.exit {
            exit if exit == Exit::Interrupted || answered.unread => Next::Leave(exit),
            exit => Next::More(exit),
        }
    }

    async fn statement(&mut self, origin: &str, text: &str) -> Result<Answered, Refused> {
        let query = self.session.one_of(origin, text)?;
        self.answer(&query).await
    }

    async fn answer(&mut self, query: &BoundQuery) -> Result<Answered, Refused> {
        let between = self.answers > 0 && !self.session.interactive;
        if between && self.session.format == Format::Table {
            output("\n")?;
        }
        self.answers += 1;
        self.session.answer(query).await
    }

    async fn command(&mut self, line: &str) -> Result<Next, Refused> {
        self.perform(Command::parse(line)?).await
    }

    async fn perform(&mut self, command: Command) -> Result<Next, Refused> {
        let session = &mut self.session;
        match command {
            Command::Help => output(&help())?,
            Command::Quit => return Ok(Next::Leave(Exit::Done)),
            Command::Tables => output(&tables(self.words().await?.as_ref()))?,
            Command::Queries => output(&queries(self.words().await?.as_ref()))?,
            Command::Describe(name) => {
                output(&described(self.words().await?.as_ref(), &name)?)?;
            }
            Command::Run { name, values } => {
                let query = session.named(&name, &values.into_iter().collect())?;
                return Ok(Self::after(self.answer(&query).await?));
            }
            Command::Values => {
                let values = session.values().iter();
                output(
                    &values.map(|(name, value)| format!(":{name} = {value}\n")).collect::<String>(),
                )?;
            }
            Command::Set(name, value) => session.set_value(name, value),
            Command::Format(format) => session.format = format,
            Command::Limit(limit) => session.limit = Some(limit),
            Command::Refresh => {
                session.refresh().await?;
                self.tell_extent();
            }
            Command::Since(moment) => {
                let since = moment.map(|moment| moment.from(session.now()));
                let mut filter = session.filter().clone();
                filter.set_span(since, filter.span().until)?;
                session.choose(filter).await?;
                self.tell_extent();
            }
            Command::Until(moment) => {
                let until = moment.map(|moment| moment.from(session.now()));
                let mut filter = session.filter().clone();
                filter.set_span(filter.span().since, until)?;
                session.choose(filter).await?;
                self.tell_extent();
            }
            Command::Accounts(names) => {
                let mut filter = session.filter().clone();
                filter.set_accounts(&names, &session.app.config)?;
                session.choose(filter).await?;
                self.tell_extent();
            }
            Command::Regions(names) => {
                let mut filter = session.filter().clone();
                filter.set_regions(&names)?;
                session.choose(filter).await?;
                self.tell_extent();
            }
        }
        Ok(Next::More(Exit::Done))
    }

    /// Says what the next statement will read.
    pub(super) fn tell_extent(&self) {
        remark(&self.session.extent());
    }

    /// What statements are made of, found out once.
    pub(super) async fn words(&mut self) -> Result<Arc<Words>, Error> {
        match &self.words {
            Some(words) => Ok(Arc::clone(words)),
            None => {
                let words = Arc::new(Words::of(&self.session).await?);
                Ok(Arc::clone(self.words.insert(words)))
            }
        }
    }
}

fn help() -> String {
    let mut text = "A statement ends with a semicolon, and may take several lines.\n\n".to_owned();
    listed(&mut text, COMMANDS.into_iter());
    text
}

fn tables(words: &Words) -> String {
    let mut text = String::new();
    let lines = words.tables.iter();
    listed(&mut text, lines.map(|table| (table.name.as_str(), first_sentence(&table.about))));
    text
}

fn queries(words: &Words) -> String {
    if words.queries.is_empty() {
        return "There are no queries, but \\run takes views, too.\n".to_owned();
    }
    let mut text = String::new();
    let lines = words.queries.iter();
    listed(&mut text, lines.map(|query| (query.name.as_str(), first_sentence(&query.about))));
    text
}

fn described(words: &Words, name: &str) -> Result<String, Error> {
    let mut text = String::new();
    if let Some(Table { about, columns, .. }) = words.table(name) {
        let _ = writeln!(text, "{}\n", paragraph(about));
        listed(&mut text, columns.iter().map(|(name, about)| (name.as_str(), about.as_str())));
    } else if let Some(query) = words.query(name) {
        let _ = writeln!(text, "{}\n", paragraph(&query.about));
        let params: Vec<_> = query.params.iter().map(|param| param.described("", "=")).collect();
        listed(&mut text, params.iter().map(|(name, about)| (name.as_str(), about.as_str())));
        if !params.is_empty() {
            text.push('\n');
        }
        for example in &query.examples {
            let _ = writeln!(text, "  {}\n", as_command(example));
        }
        let columns = query.columns.iter();
        listed(&mut text, columns.map(|(name, about)| (name.as_str(), about.as_str())));
    } else {
        let tables = words.tables.iter().map(|table| &table.name);
        let known: Vec<_> = tables.chain(words.queries.iter().map(|query| &query.name)).collect();
        let hint = match nearest(name, &known) {
            Some(nearest) => format!("Did you mean '{nearest}'?"),
            None => "\\d lists tables and views, \\run queries.".to_owned(),
        };
        return Err(Error::usage(format!("nothing is called '{name}'"), hint));
    }
    Ok(text)
}

/// The command line of an example as the shell takes it, which has its logs already.
fn as_command(example: &str) -> String {
    let line = example.split(" --logs").next().unwrap_or(example);
    line.replacen("clickops query", "\\run", 1).replace("--param ", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_a_command_of_the_shell() {
        let example =
            "clickops query by-user --param who='Ann S' --param reads=true --logs examples/logs";
        assert_eq!(as_command(example), "\\run by-user who='Ann S' reads=true");
    }
}
