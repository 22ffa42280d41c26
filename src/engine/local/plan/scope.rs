//! What names stand for at a place in a statement.

use super::SqlType;

/// A column of a relation.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Parts of the relation's name, in lower case; the last of them suffice.
    pub(super) qualifier: Vec<String>,
    /// In lower case; `None` where it cannot be addressed.
    pub(super) name: Option<String>,
    /// The output's heading, in the letter case that was written.
    pub(super) shown: Option<String>,
    /// Its name in the plan.
    pub(super) id: String,
    pub(super) ty: SqlType,
    /// Left out of `*`.
    pub(super) hidden: bool,
}

/// A parameter of a lambda.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) ty: SqlType,
}

/// The relations at a place, and those around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) fields: &'a [Field],
    /// The query around this one.
    pub(super) outer: Option<&'a Scope<'a>>,
}

/// What a name was found to be.
pub(super) enum Found<'a> {
    /// Nothing of that name.
    Nothing,
    /// A column, and whether it belongs to a query around this one.
    Field(&'a Field, bool),
    /// More than one.
    Ambiguous,
}

impl<'a> Scope<'a> {
    pub(super) fn new(fields: &'a [Field], outer: Option<&'a Scope<'a>>) -> Self {
        Self { fields, outer }
    }

    /// The column called `name` in the relation called `qualifier`, which may be empty.
    pub(super) fn find(&self, qualifier: &[String], name: &str) -> Found<'a> {
        let mut found = self.fields.iter().filter(|field| {
            field.name.as_deref() == Some(name) && field.qualifier.ends_with(qualifier)
        });
        match (found.next(), found.next()) {
            (Some(field), None) => Found::Field(field, false),
            (Some(_), Some(_)) => Found::Ambiguous,
            (None, _) => match self.outer.map(|outer| outer.find(qualifier, name)) {
                Some(Found::Field(field, _)) => Found::Field(field, true),
                Some(found) => found,
                None => Found::Nothing,
            },
        }
    }

    /// The columns of the relation called `qualifier`.
    pub(super) fn of(&self, qualifier: &[String]) -> Vec<&'a Field> {
        self.fields.iter().filter(|field| field.qualifier.ends_with(qualifier)).collect()
    }
}
