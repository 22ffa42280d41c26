//! Goes over a whole tree.

use super::ast::{
    Body, Bound, Call, Expr, ExprKind, Grouping, Item, JoinOn, Name, Over, Query, Relation, Select,
    Sort, Window,
};

/// What to do at each node. A node comes before those inside it.
pub trait Visitor {
    /// At a query, `WITH` lists and subqueries included.
    fn query(&mut self, _query: &Query) {}
    /// At a `SELECT`.
    fn select(&mut self, _select: &Select) {}
    /// At a table's name.
    fn table(&mut self, _name: &Name) {}
    /// At a relation.
    fn relation(&mut self, _relation: &Relation) {}
    /// At an expression.
    fn expr(&mut self, _expr: &Expr) {}
}

/// Goes over a query.
pub fn query(query: &Query, visitor: &mut impl Visitor) {
    visitor.query(query);
    for cte in &query.with {
        self::query(&cte.query, visitor);
    }
    body(&query.body, visitor);
    sorts(&query.order, visitor);
}

/// Goes over an expression.
pub fn expression(expr: &Expr, visitor: &mut impl Visitor) {
    self::expr(expr, visitor);
}

/// Goes over what a query selects.
pub fn body(body: &Body, visitor: &mut impl Visitor) {
    match body {
        Body::Select(one) => select(one, visitor),
        Body::Values(rows, _) => exprs(rows, visitor),
        Body::Table(name) => visitor.table(name),
        Body::Query(inner) => query(inner, visitor),
        Body::Set { left, right, .. } => {
            self::body(left, visitor);
            self::body(right, visitor);
        }
    }
}

fn select(select: &Select, visitor: &mut impl Visitor) {
    visitor.select(select);
    for item in &select.items {
        if let Item::Expr(one, _) | Item::AllOf(one, _) = item {
            expr(one, visitor);
        }
    }
    for one in &select.from {
        relation(one, visitor);
    }
    exprs(&select.filter, visitor);
    for group in select.group.iter().flatten() {
        match group {
            Grouping::Simple(keys) => exprs(keys, visitor),
            Grouping::Rollup(sets) | Grouping::Cube(sets) | Grouping::Sets(sets) => {
                sets.iter().for_each(|set| exprs(set, visitor));
            }
        }
    }
    exprs(&select.having, visitor);
    for (_, one) in &select.windows {
        window(one, visitor);
    }
}

fn relation(relation: &Relation, visitor: &mut impl Visitor) {
    visitor.relation(relation);
    match relation {
        Relation::Table(name) => visitor.table(name),
        Relation::Query { query, .. } => self::query(query, visitor),
        Relation::Unnest { values, .. } => exprs(values, visitor),
        Relation::Alias { relation, .. } => self::relation(relation, visitor),
        Relation::Join { left, right, on, .. } => {
            self::relation(left, visitor);
            self::relation(right, visitor);
            if let JoinOn::Condition(condition) = on {
                expr(condition, visitor);
            }
        }
    }
}

fn exprs<'a>(list: impl IntoIterator<Item = &'a Expr>, visitor: &mut impl Visitor) {
    for one in list {
        expr(one, visitor);
    }
}

fn sorts(list: &[Sort], visitor: &mut impl Visitor) {
    exprs(list.iter().map(|sort| &sort.expr), visitor);
}

fn window(window: &Window, visitor: &mut impl Visitor) {
    exprs(&window.partition, visitor);
    sorts(&window.order, visitor);
    if let Some(frame) = &window.frame {
        for bound in [&frame.start, &frame.end] {
            if let Bound::Before(distance) | Bound::After(distance) = bound {
                expr(distance, visitor);
            }
        }
    }
}

fn call(call: &Call, visitor: &mut impl Visitor) {
    exprs(&call.arguments, visitor);
    sorts(&call.order, visitor);
    exprs(&call.filter, visitor);
    if let Some(Over::Window(one)) = &call.over {
        window(one, visitor);
    }
}

fn expr(expr: &Expr, visitor: &mut impl Visitor) {
    visitor.expr(expr);
    match &expr.kind {
        ExprKind::Field(inner, _)
        | ExprKind::Lambda(_, inner)
        | ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsNull(inner)
        | ExprKind::Extract(_, inner)
        | ExprKind::Cast { value: inner, .. } => self::expr(inner, visitor),
        ExprKind::Subscript(left, right)
        | ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::IsDistinct(left, right)
        | ExprKind::AtZone(left, right) => {
            self::expr(left, visitor);
            self::expr(right, visitor);
        }
        ExprKind::Call(one) => call(one, visitor),
        ExprKind::Quantified { left, query, .. } | ExprKind::InQuery(left, query) => {
            self::expr(left, visitor);
            self::query(query, visitor);
        }
        ExprKind::And(list)
        | ExprKind::Or(list)
        | ExprKind::Array(list)
        | ExprKind::Row(list)
        | ExprKind::Grouping(list) => exprs(list, visitor),
        ExprKind::Between(value, low, high) => {
            exprs([&**value, &**low, &**high], visitor);
        }
        ExprKind::In(value, list) => {
            self::expr(value, visitor);
            exprs(list, visitor);
        }
        ExprKind::Like(value, pattern, escape) => {
            self::expr(value, visitor);
            self::expr(pattern, visitor);
            exprs(escape.as_deref(), visitor);
        }
        ExprKind::Exists(inner) | ExprKind::Subquery(inner) => query(inner, visitor),
        ExprKind::Case { operand, whens, otherwise } => {
            exprs(operand.as_deref(), visitor);
            for (when, then) in whens {
                self::expr(when, visitor);
                self::expr(then, visitor);
            }
            exprs(otherwise.as_deref(), visitor);
        }
        ExprKind::Null
        | ExprKind::Boolean(_)
        | ExprKind::Text(_)
        | ExprKind::Binary(_)
        | ExprKind::Integer(_)
        | ExprKind::Decimal(_)
        | ExprKind::Double(_)
        | ExprKind::Typed(..)
        | ExprKind::Interval { .. }
        | ExprKind::Name(_)
        | ExprKind::Now(..)
        | ExprKind::Placeholder => {}
    }
}
