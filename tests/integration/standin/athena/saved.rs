//! The queries that a work group keeps for people.

use std::sync::Mutex;

use serde_json::{Value, json};

/// All of them; each is called by its number.
#[derive(Default)]
pub(super) struct Saved {
    queries: Mutex<Vec<Value>>,
}

impl Saved {
    /// Their ids, ten a page.
    pub(super) fn list(&self, body: &Value) -> Value {
        let count = self.queries.lock().unwrap().len();
        let start: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let end = count.min(start + 10);
        let mut page = json!({"NamedQueryIds": (start..end).map(id).collect::<Vec<_>>()});
        if end < count {
            page["NextToken"] = end.to_string().into();
        }
        page
    }

    pub(super) fn get(&self, body: &Value) -> Value {
        let ids = body["NamedQueryIds"].as_array().unwrap();
        assert!((1..=50).contains(&ids.len()));
        let queries = self.queries.lock().unwrap();
        let all: Vec<_> = ids.iter().map(|id| queries[number(id)].clone()).collect();
        json!({"NamedQueries": all, "UnprocessedNamedQueryIds": []})
    }

    pub(super) fn create(&self, body: &Value) -> Value {
        check(body);
        assert!(body["ClientRequestToken"].as_str().unwrap().len() >= 32);
        let mut queries = self.queries.lock().unwrap();
        let id = id(queries.len());
        let mut query = body.clone();
        query.as_object_mut().unwrap().remove("ClientRequestToken");
        query["NamedQueryId"] = id.clone().into();
        queries.push(query);
        json!({"NamedQueryId": id})
    }

    pub(super) fn update(&self, body: &Value) -> Value {
        check(body);
        let mut queries = self.queries.lock().unwrap();
        let query = &mut queries[number(&body["NamedQueryId"])];
        for key in ["Name", "Description", "QueryString"] {
            query[key] = body[key].clone();
        }
        json!({})
    }
}

fn check(body: &Value) {
    for (key, most) in [("Name", 128), ("Description", 1024), ("QueryString", 262_144)] {
        assert!((1..=most).contains(&body[key].as_str().unwrap().len()), "{key}: {body}");
    }
}

fn id(number: usize) -> String {
    format!("10000000-0000-4000-8000-{number:012}")
}

fn number(id: &Value) -> usize {
    id.as_str().unwrap()[24..].parse().unwrap()
}
