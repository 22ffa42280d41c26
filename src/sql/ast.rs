//! The tree of a statement. Every node knows where in the text it begins. All of it is in one file,
//! because nobody reads one node without the others.

use super::ty::SqlType;

/// A name as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// Without quotes.
    pub text: String,
    /// Whether it stood in double quotes.
    pub quoted: bool,
    /// Byte in the text.
    pub at: usize,
}

impl Ident {
    /// The name as it is looked up: letter case never counts.
    pub fn key(&self) -> String {
        self.text.to_lowercase()
    }
}

/// A name of several parts: `awsdatacatalog.default.cloudtrail`.
pub type Name = Vec<Ident>;

/// What can be run.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `SELECT`, `WITH`, `VALUES`, `TABLE`.
    Query(Query),
    /// `EXPLAIN`, and whether it runs the query.
    Explain(Query, bool),
    /// `SHOW TABLES`.
    ShowTables,
    /// `DESCRIBE name`, `SHOW COLUMNS FROM name`.
    ShowColumns(Name),
    /// `SHOW FUNCTIONS`.
    ShowFunctions,
}

/// A query, with what stands around its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// `WITH`.
    pub with: Vec<Cte>,
    /// Whether the `WITH` list is recursive.
    pub recursive: bool,
    /// What it selects.
    pub body: Body,
    /// `ORDER BY`.
    pub order: Vec<Sort>,
    /// Rows to leave out first.
    pub offset: Option<Expr>,
    /// `LIMIT` or `FETCH FIRST`; `LIMIT ALL` is none.
    pub limit: Option<Expr>,
    /// Byte of a `FETCH FIRST n ROWS WITH TIES`.
    pub with_ties: Option<usize>,
    /// Byte in the text.
    pub at: usize,
}

/// A relation of a `WITH` list.
#[derive(Debug, Clone, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Ident,
    /// Names for its columns.
    pub columns: Vec<Ident>,
    /// Its rows.
    pub query: Query,
}

/// What a query selects.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `SELECT ...`
    Select(Box<Select>),
    /// `VALUES ...`, and its byte.
    Values(Vec<Expr>, usize),
    /// `TABLE name`
    Table(Name),
    /// A query in parentheses.
    Query(Box<Query>),
    /// `UNION`, `INTERSECT`, `EXCEPT`.
    Set {
        /// Which of them.
        op: SetOp,
        /// Whether equal rows stay.
        all: bool,
        /// The first query.
        left: Box<Body>,
        /// The second query.
        right: Box<Body>,
        /// Byte of the operator.
        at: usize,
    },
}

/// How two queries are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOp {
    /// Rows of both.
    Union,
    /// Rows that are in both.
    Intersect,
    /// Rows of the first that are not in the second.
    Except,
}

/// `SELECT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// Whether equal rows are one.
    pub distinct: bool,
    /// What is selected.
    pub items: Vec<Item>,
    /// `FROM`, its parts separated by commas.
    pub from: Vec<Relation>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `GROUP BY`.
    pub group: Option<Vec<Grouping>>,
    /// `HAVING`.
    pub having: Option<Expr>,
    /// `WINDOW`.
    pub windows: Vec<(Ident, Window)>,
    /// Byte in the text.
    pub at: usize,
}

/// One thing that is selected.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// An expression, and what it is called.
    Expr(Expr, Option<Ident>),
    /// `*`
    All(usize),
    /// `t.*` or `row.*`, and names for its columns.
    AllOf(Expr, Vec<Ident>),
}

/// One element of `GROUP BY`.
#[derive(Debug, Clone, PartialEq)]
pub enum Grouping {
    /// Expressions that are grouped by together.
    Simple(Vec<Expr>),
    /// `ROLLUP (...)`
    Rollup(Vec<Vec<Expr>>),
    /// `CUBE (...)`
    Cube(Vec<Vec<Expr>>),
    /// `GROUPING SETS (...)`
    Sets(Vec<Vec<Expr>>),
}

/// What is selected from.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// A table, view or relation of a `WITH` list.
    Table(Name),
    /// A query in parentheses, and whether it sees what stands before it.
    Query {
        /// The query.
        query: Box<Query>,
        /// `LATERAL`.
        lateral: bool,
        /// Byte of what it begins with, a parenthesis or `LATERAL`.
        at: usize,
    },
    /// `UNNEST`.
    Unnest {
        /// Arrays and maps.
        values: Vec<Expr>,
        /// `WITH ORDINALITY`.
        ordinality: bool,
        /// Byte in the text.
        at: usize,
    },
    /// Another name, and names for its columns.
    Alias {
        /// What is named.
        relation: Box<Relation>,
        /// Its name.
        name: Ident,
        /// Names for its columns.
        columns: Vec<Ident>,
    },
    /// A join.
    Join {
        /// Which.
        kind: JoinKind,
        /// What stands before.
        left: Box<Relation>,
        /// What stands after.
        right: Box<Relation>,
        /// What rows have to have in common.
        on: JoinOn,
        /// Byte of the join.
        at: usize,
    },
}

/// Which rows a join keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// Those that fit.
    Inner,
    /// All of the left.
    Left,
    /// All of the right.
    Right,
    /// All of both.
    Full,
    /// All with all.
    Cross,
}

/// What rows of a join have to have in common.
#[derive(Debug, Clone, PartialEq)]
pub enum JoinOn {
    /// `ON`
    Condition(Expr),
    /// `USING`
    Columns(Vec<Ident>),
    /// Nothing.
    Nothing,
}

/// One element of `ORDER BY`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// By what.
    pub expr: Expr,
    /// `DESC`
    pub descending: bool,
    /// `NULLS FIRST`
    pub nulls_first: bool,
}

/// What stands in the parentheses of `OVER`.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// A window it builds on.
    pub base: Option<Ident>,
    /// `PARTITION BY`
    pub partition: Vec<Expr>,
    /// `ORDER BY`
    pub order: Vec<Sort>,
    /// Byte of `ORDER BY`.
    pub order_at: usize,
    /// Which rows around the current one count.
    pub frame: Option<Frame>,
    /// Byte in the text, after the parenthesis.
    pub at: usize,
}

/// A frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What its bounds count.
    pub unit: FrameUnit,
    /// Where it starts.
    pub start: Bound,
    /// Where it ends.
    pub end: Bound,
    /// Byte in the text.
    pub at: usize,
}

/// What a frame's bounds count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Distance of values.
    Range,
    /// Groups of equal rows.
    Groups,
}

/// A bound of a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// `UNBOUNDED PRECEDING`
    Start,
    /// `n PRECEDING`
    Before(Expr),
    /// `CURRENT ROW`
    Current,
    /// `n FOLLOWING`
    After(Expr),
    /// `UNBOUNDED FOLLOWING`
    End,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Byte in the text that Trino names in errors about it.
    pub at: usize,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// `'text'`
    Text(String),
    /// `X'6A'`
    Binary(Vec<u8>),
    /// Digits.
    Integer(String),
    /// Digits with a point.
    Decimal(String),
    /// With an exponent.
    Double(String),
    /// `DATE '2026-01-02'`, `JSON '{}'`.
    Typed(SqlType, String),
    /// `INTERVAL '7' DAY`
    Interval {
        /// What is between the quotes.
        text: String,
        /// Whether a minus stands before it.
        negative: bool,
        /// The unit.
        from: Unit,
        /// The last unit of `DAY TO SECOND`.
        to: Option<Unit>,
    },
    /// A name.
    Name(Ident),
    /// `x.name`
    Field(Box<Expr>, Ident),
    /// `x[i]`
    Subscript(Box<Expr>, Box<Expr>),
    /// A call of a function.
    Call(Box<Call>),
    /// `(a, b) -> x`
    Lambda(Vec<Ident>, Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// `a + b`
    Arithmetic(&'static str, Box<Expr>, Box<Expr>),
    /// `a = b`
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `a = ANY (SELECT ...)`
    Quantified {
        /// How values are compared.
        op: Comparison,
        /// The value.
        left: Box<Expr>,
        /// Whether it has to hold for every row.
        all: bool,
        /// The rows.
        query: Box<Query>,
    },
    /// `a AND b AND c`
    And(Vec<Expr>),
    /// `a OR b OR c`
    Or(Vec<Expr>),
    /// `NOT a`
    Not(Box<Expr>),
    /// `x IS NULL`
    IsNull(Box<Expr>),
    /// `a IS DISTINCT FROM b`
    IsDistinct(Box<Expr>, Box<Expr>),
    /// `x BETWEEN a AND b`
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x IN (a, b)`
    In(Box<Expr>, Vec<Expr>),
    /// `x IN (SELECT ...)`
    InQuery(Box<Expr>, Box<Query>),
    /// `x LIKE y ESCAPE z`
    Like(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// `EXISTS (SELECT ...)`
    Exists(Box<Query>),
    /// `(SELECT ...)`
    Subquery(Box<Query>),
    /// `CASE`
    Case {
        /// `CASE x`
        operand: Option<Box<Expr>>,
        /// `WHEN a THEN b`
        whens: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST`, or `TRY_CAST`
    Cast {
        /// What is converted.
        value: Box<Expr>,
        /// To what.
        ty: SqlType,
        /// `TRY_CAST`
        or_null: bool,
    },
    /// `x AT TIME ZONE y`
    AtZone(Box<Expr>, Box<Expr>),
    /// `EXTRACT(field FROM x)`
    Extract(Ident, Box<Expr>),
    /// `ARRAY[a, b]`
    Array(Vec<Expr>),
    /// `ROW(a, b)` or `(a, b)`
    Row(Vec<Expr>),
    /// `current_date` and its kind, with its precision.
    Now(Now, Option<u8>),
    /// `grouping(a, b)`
    Grouping(Vec<Expr>),
    /// `?`
    Placeholder,
}

/// The instant of the query, in different types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// `current_date`
    Date,
    /// `current_timestamp`, `now()`
    Timestamp,
    /// `localtimestamp`
    LocalTimestamp,
    /// `localtime`
    LocalTime,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`, `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A unit of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Years.
    Year,
    /// Months.
    Month,
    /// Days.
    Day,
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Seconds.
    Second,
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: Ident,
    /// What it is called with.
    pub arguments: Vec<Expr>,
    /// `count(*)`
    pub star: bool,
    /// `DISTINCT`
    pub distinct: bool,
    /// `ORDER BY` inside the parentheses, or `WITHIN GROUP`.
    pub order: Vec<Sort>,
    /// `FILTER (WHERE ...)`
    pub filter: Option<Expr>,
    /// `IGNORE NULLS`
    pub ignore_nulls: bool,
    /// `OVER`
    pub over: Option<Over>,
}

/// `OVER`
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    /// `OVER w`
    Named(Ident),
    /// `OVER (...)`
    Window(Box<Window>),
}
