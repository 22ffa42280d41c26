//! What statements read: logs that were listed, or a span of the table in AWS.

use std::collections::BTreeSet;
use std::sync::Arc;

use indicatif::{HumanBytes, HumanCount};

use crate::app::App;
use crate::cli::filter::Filter;
use crate::cli::progress::counted;
use crate::cli::remark;
use crate::config::{EngineName, Place};
use crate::error::Error;
use crate::logs::{Log, Span};
use crate::query::BoundQuery;
use crate::sql::token;
use crate::table::content::Content;
use crate::table::{Partition, TableShape};

/// What statements read, and what narrows it.
pub(super) struct Reach {
    kind: Kind,
    filter: Filter,
}

enum Kind {
    Logs {
        listed: Vec<Log>,
        chosen: Arc<[Log]>,
        /// Whether only what is wanted is listed, since there is no end of the rest.
        remote: bool,
    },
    /// A table whose logs nobody lists here.
    Table {
        name: String,
        /// What it has to be told of accounts and regions when nothing narrows them.
        all: Span,
    },
}

impl Reach {
    /// Lists the logs, where there are some to list.
    pub(super) async fn open(app: &App, mut filter: Filter) -> Result<Self, Error> {
        let kind = match app.config.engine {
            EngineName::Local => {
                filter.keep_small(app)?;
                Kind::Logs {
                    listed: app.some_logs(filter.span()).await?,
                    chosen: Arc::default(),
                    remote: matches!(app.config.logs, Some(Place::S3(_))),
                }
            }
            EngineName::Athena => {
                if filter.span().since.is_none() {
                    filter.begin_lately(app.now)?;
                }
                let table = app.table().await?;
                Kind::Table { name: table.name.to_string(), all: all(app, &table, &filter).await }
            }
        };
        let mut reach = Self { kind, filter: Filter::default() };
        reach.keep(filter);
        Ok(reach)
    }

    /// Lists the logs again.
    pub(super) async fn refresh(&mut self, app: &App) -> Result<(), Error> {
        if let Kind::Logs { listed, .. } = &mut self.kind {
            *listed = app.some_logs(self.filter.span()).await?;
            self.keep(self.filter.clone());
        }
        Ok(())
    }

    /// Reads only logs that `filter` lets through, and says what is odd about that.
    pub(super) async fn choose(&mut self, app: &App, filter: Filter) -> Result<(), Error> {
        match &mut self.kind {
            Kind::Logs { listed, remote: true, .. } => {
                *listed = app.some_logs(filter.span()).await?;
            }
            Kind::Logs { .. } => {}
            Kind::Table { all: known, .. } => {
                *known = all(app, app.table().await?.as_ref(), &filter).await;
            }
        }
        self.keep(filter);
        Ok(())
    }

    fn keep(&mut self, filter: Filter) {
        if let Kind::Logs { listed, chosen, .. } = &mut self.kind {
            let (logs, remarks) = filter.chosen(listed);
            for text in remarks {
                remark(&format!("warning: {text}"));
            }
            *chosen = logs.into();
        }
        self.filter = filter;
    }

    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The logs that a statement is bound to.
    pub(super) fn logs(&self) -> Arc<[Log]> {
        match &self.kind {
            Kind::Logs { chosen, .. } => Arc::clone(chosen),
            Kind::Table { .. } => Arc::default(),
        }
    }

    /// The logs that a statement reads. Those of a table have to be listed for it.
    pub(super) async fn listed(&self, app: &App) -> Result<Vec<Log>, Error> {
        match &self.kind {
            Kind::Logs { chosen, .. } => Ok(chosen.to_vec()),
            Kind::Table { .. } => {
                let listed = app.logs(self.filter.span()).await?.logs;
                Ok(self.filter.chosen(&listed).0)
            }
        }
    }

    /// A statement that reads just this.
    pub(super) fn applied(&self, query: BoundQuery) -> BoundQuery {
        match &self.kind {
            Kind::Logs { .. } => query,
            Kind::Table { all, .. } => {
                if query.scan.is_none() && selects(&query.sql) {
                    remark(
                        "warning: the statement selects from neither cloudtrail nor a view, so \
                         --since and its like do not limit what it reads: its own conditions do",
                    );
                }
                let mut span = self.filter.span().clone();
                for (said, all) in
                    [(&mut span.accounts, &all.accounts), (&mut span.regions, &all.regions)]
                {
                    if said.is_empty() {
                        said.clone_from(all);
                    }
                }
                query.over(span)
            }
        }
    }

    /// How many logs are read and how large they are, or of what table.
    pub(super) fn extent(&self) -> String {
        match &self.kind {
            Kind::Logs { listed, chosen, .. } => {
                let bytes = chosen.iter().map(|log| log.bytes).sum();
                let logs = counted(chosen.len() as u64, "log");
                let of = match listed.len() {
                    all if all == chosen.len() => String::new(),
                    all => format!(" of {}", HumanCount(all as u64)),
                };
                format!("{logs}{of}, {}", HumanBytes(bytes))
            }
            Kind::Table { name, .. } => format!("{name} on Athena{}", told(self.filter.span())),
        }
    }
}

/// The accounts and regions that `table` has to be told where `filter` takes all of them.
async fn all(app: &App, table: &TableShape, filter: &Filter) -> Span {
    let span = filter.span();
    let wants = |content: &Content, said: &BTreeSet<String>| {
        let is_it = |partition: &Partition| partition.injected && partition.content == *content;
        said.is_empty() && table.partitions.iter().any(is_it)
    };
    let accounts = wants(&Content::Account, &span.accounts);
    let regions = wants(&Content::Region, &span.regions);
    if !(accounts || regions) {
        return Span::default();
    }
    match app.places().await.map(|places| places.deliverers()) {
        Ok(all) => Span {
            accounts: if accounts { all.accounts } else { BTreeSet::new() },
            regions: if regions { all.regions } else { BTreeSet::new() },
            ..Span::default()
        },
        // A statement of the user's own may say it all by itself; any other is refused.
        Err(error) => {
            let which = match (accounts, regions) {
                (true, true) => "accounts and regions",
                (true, false) => "accounts",
                (false, _) => "regions",
            };
            remark(&format!("warning: {} wants to be told which {which}, and {error}", table.name));
            Span::default()
        }
    }
}

/// Whether a statement selects from anything.
fn selects(sql: &str) -> bool {
    token::tokens(sql).is_ok_and(|tokens| tokens.iter().any(|token| token.is_word("from")))
}

fn time(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn told(span: &Span) -> String {
    let mut text = String::new();
    for (what, moment) in [("since", span.since), ("until", span.until)] {
        if let Some(moment) = moment {
            text.push_str(&format!(", {what} {}", time(moment)));
        }
    }
    for (what, names) in [("account", &span.accounts), ("region", &span.regions)] {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            text.push_str(&format!(", {what} {}", names.join(", ")));
        }
    }
    text
}
