//! Queries that a work group keeps for people: Athena calls them saved, or named.

use aws_sdk_athena::types::NamedQuery;

use super::Connection;
use super::fault::Fault;
use crate::engine::EngineError;

/// The most ids that Athena looks up at once.
const AT_ONCE: usize = 50;

/// A query that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Athena's name for it; `None` as long as it is not kept.
    pub id: Option<String>,
    /// What people see in the list, 128 characters at most.
    pub name: String,
    /// What it is about, 1024 characters at most.
    pub description: String,
    /// Where its relations are.
    pub database: String,
    /// The statement.
    pub text: String,
}

impl Connection {
    /// Every query that the work group keeps.
    ///
    /// # Errors
    /// [`EngineError`] when Athena does not say.
    pub async fn saved(&self) -> Result<Vec<Saved>, EngineError> {
        let client = self.client().await?;
        let request = client.list_named_queries().set_work_group(self.settings.workgroup.clone());
        let (mut ids, mut next) = (Vec::new(), None);
        loop {
            let page = request.clone().set_next_token(next).send().await;
            let page = page.map_err(|error| Fault::of("ListNamedQueries", &error).error())?;
            ids.extend(page.named_query_ids.unwrap_or_default());
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        let mut all = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let looked = client.batch_get_named_query().set_named_query_ids(Some(some.to_vec()));
            let looked = looked.send().await;
            let looked = looked.map_err(|error| Fault::of("BatchGetNamedQuery", &error).error())?;
            all.extend(looked.named_queries.unwrap_or_default().into_iter().map(saved));
        }
        Ok(all)
    }

    /// Keeps a query, in the place of the one that has its id.
    ///
    /// # Errors
    /// [`EngineError`] when Athena does not take it.
    pub async fn save(&self, query: &Saved) -> Result<(), EngineError> {
        let client = self.client().await?;
        let Saved { id, name, description, database, text } = query;
        match id {
            Some(id) => {
                let request = client.update_named_query().named_query_id(id).name(name);
                let sent = request.description(description).query_string(text).send().await;
                sent.map(drop).map_err(|error| Fault::of("UpdateNamedQuery", &error).error())
            }
            None => {
                let request = client.create_named_query().name(name).description(description);
                let request = request.database(database).query_string(text);
                let request = request.set_work_group(self.settings.workgroup.clone());
                let sent = request.send().await;
                sent.map(drop).map_err(|error| Fault::of("CreateNamedQuery", &error).error())
            }
        }
    }
}

fn saved(query: NamedQuery) -> Saved {
    Saved {
        id: query.named_query_id,
        name: query.name,
        description: query.description.unwrap_or_default(),
        database: query.database,
        text: query.query_string,
    }
}
