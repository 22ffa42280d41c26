//! Names: columns, fields of rows, and both in one chain of points.

use datafusion::arrow::datatypes::Field as ArrowField;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::LambdaVariable;
use std::sync::Arc;

use super::expr::Context;
use super::scope::{Field, Found};
use super::{Planner, Result, Typed, arrow_type, column, hint};
use crate::sql::ast::{self, ExprKind, Ident};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// The names of `a.b.c`; `None` for anything else.
pub(super) fn chain(expr: &ast::Expr) -> Option<Vec<&Ident>> {
    match &expr.kind {
        ExprKind::Name(name) => Some(vec![name]),
        ExprKind::Field(base, name) => {
            let mut names = chain(base)?;
            names.push(name);
            Some(names)
        }
        _ => None,
    }
}

/// `a.b.c` as text.
pub(super) fn chain_text(expr: &ast::Expr) -> Option<String> {
    let names = chain(expr)?;
    Some(names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."))
}

impl Planner<'_> {
    /// Notes where a column was mentioned.
    pub(super) fn mention(&mut self, id: &str, at: usize, text: String) {
        self.mentions.entry(id.to_owned()).or_default().push((at, text));
    }

    /// A chain of names: the longest start of it that is a column, then fields.
    ///
    /// A table's column goes before a column's field, as in Trino.
    pub(super) fn name(
        &mut self,
        expr: &ast::Expr,
        context: &Context<'_>,
    ) -> Result<Option<Typed>> {
        let Some(names) = chain(expr) else {
            return Ok(None);
        };
        let keys: Vec<String> = names.iter().map(|name| name.key()).collect();
        let text = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        if let Some(parameter) =
            context.parameters.iter().rev().find(|parameter| parameter.name == keys[0])
        {
            let field = ArrowField::new(&parameter.id, arrow_type(&parameter.ty), true);
            let variable = LambdaVariable::new(parameter.id.clone(), Some(Arc::new(field)));
            let value = Typed::new(Expr::LambdaVariable(variable), parameter.ty.clone());
            return self.fields_of(value, &names[1..], &text, expr.at).map(Some);
        }
        if let [only] = keys.as_slice() {
            let mut outputs =
                context.outputs.iter().filter(|output| output.name.as_ref() == Some(only));
            if let Some(output) = outputs.next() {
                if outputs.next().is_some() {
                    return Err(ambiguous(&text, expr.at));
                }
                return Ok(Some(output.value.clone()));
            }
        }
        for start in (0..keys.len()).rev() {
            match context.scope.find(&keys[..start], &keys[start]) {
                Found::Nothing => {}
                Found::Ambiguous => return Err(ambiguous(&text, expr.at)),
                Found::Field(field, outer) => {
                    let field = field.clone();
                    self.mention(&field.id, expr.at, text.clone());
                    let value = if outer { outer_column(&field) } else { column(&field.id) };
                    let value = Typed::new(value, field.ty);
                    return self.fields_of(value, &names[start + 1..], &text, expr.at).map(Some);
                }
            }
        }
        Err(hint::unknown_column(context, &names, &text, expr.at))
    }

    fn fields_of(
        &mut self,
        mut value: Typed,
        names: &[&Ident],
        text: &str,
        at: usize,
    ) -> Result<Typed> {
        for name in names {
            value = self.row_field(value, name, Some(text), at)?;
        }
        Ok(value)
    }

    /// `row.name`
    pub(super) fn row_field(
        &mut self,
        row: Typed,
        name: &Ident,
        text: Option<&str>,
        at: usize,
    ) -> Result<Typed> {
        let SqlType::Row(fields) = &row.ty else {
            let what = text.map_or_else(
                || "expression".to_owned(),
                |text| {
                    text.rsplit_once(&format!(".{}", name.text))
                        .map_or(text, |(base, _)| base)
                        .to_owned()
                },
            );
            let refusal =
                Refusal::new("TYPE_MISMATCH", at, format!("Expression {what} is not of type ROW"));
            return Err(if row.ty.is_text() {
                refusal.hint(format!(
                    "it is text; if it holds JSON: json_extract_scalar({what}, '$.{}')",
                    name.text
                ))
            } else if row.ty == SqlType::Json {
                refusal.hint(format!("write json_extract_scalar({what}, '$.{}')", name.text))
            } else {
                refusal
            });
        };
        let key = name.key();
        let mut found = fields.iter().enumerate().filter(|(_, (field, _))| {
            field.as_ref().is_some_and(|field| field.to_lowercase() == key)
        });
        match (found.next(), found.next()) {
            (Some((position, (_, ty))), None) => {
                let ty = ty.clone();
                Ok(self.field_at(row.clone(), position, ty))
            }
            (Some(_), Some(_)) => Err(ambiguous(text.unwrap_or(&name.text), at)),
            (None, _) => {
                let text = text.unwrap_or(&name.text);
                let known: Vec<_> = fields.iter().filter_map(|(name, _)| name.as_deref()).collect();
                Err(Refusal::new(
                    "COLUMN_NOT_FOUND",
                    at,
                    format!("Column '{text}' cannot be resolved"),
                )
                .hint(hint::nearest(&key, known.iter().copied()).unwrap_or_else(|| {
                    if known.is_empty() {
                        "the row's fields have no names; CAST it to ROW(name type, ...)".to_owned()
                    } else {
                        format!("its fields are: {}", known.join(", "))
                    }
                })))
            }
        }
    }

    /// The field at a position of a row.
    pub(super) fn field_at(&mut self, row: Typed, position: usize, ty: SqlType) -> Typed {
        let may_fail = row.may_fail;
        Typed::failing(
            super::super::trino::field::of(row.expr, row.ty, position, ty.clone()),
            ty,
            may_fail,
        )
    }
}

fn outer_column(field: &Field) -> Expr {
    let arrow = ArrowField::new(&field.id, arrow_type(&field.ty), true);
    Expr::OuterReferenceColumn(Arc::new(arrow), datafusion::common::Column::from_name(&field.id))
}

fn ambiguous(text: &str, at: usize) -> Refusal {
    Refusal::new("AMBIGUOUS_NAME", at, format!("Column '{text}' is ambiguous"))
        .hint("write the table's name or alias before it")
}
