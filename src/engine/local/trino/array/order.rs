//! Which types the functions take that put values in order.

use crate::sql::ty::SqlType;

/// Whether the first argument, or its elements, have an order.
pub(crate) fn orderable(takes: &[SqlType]) -> bool {
    takes.first().is_some_and(SqlType::is_orderable)
}
