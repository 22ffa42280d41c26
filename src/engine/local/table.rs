//! The log table: its schema, and which logs a query has to open.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::common::cast::as_boolean_array;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::scan::{LogScan, Source};

/// The table over the logs of one query.
#[derive(Debug)]
pub(super) struct CloudTrail {
    source: Arc<Source>,
    schema: SchemaRef,
}

impl CloudTrail {
    pub(super) fn new(source: Arc<Source>) -> Self {
        let schema = Arc::clone(source.columns().schema());
        Self { source, schema }
    }

    /// Positions of the logs that can hold rows the filters let through.
    fn chosen(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<usize>> {
        let logs = self.source.logs();
        if filters.is_empty() {
            return Ok((0..logs.len()).collect());
        }
        let columns = self.source.columns();
        let (first, last) = (columns.count, columns.path());
        let schema = Arc::new(self.schema.project(&(first..=last).collect::<Vec<_>>())?);
        let mut arrays = Vec::new();
        for (at, field) in schema.fields().iter().enumerate() {
            let texts: StringArray = (0..logs.len())
                .map(|log| match at < columns.partitions.len() {
                    true => self.source.partition(log, at),
                    false => Some(logs[log].address.as_str()),
                })
                .collect();
            arrays.push(cast(&texts, field.data_type())?);
        }
        let df_schema = DFSchema::try_from(Arc::clone(&schema))?;
        let batch = RecordBatch::try_new(schema, arrays)?;
        let mut keep = vec![true; logs.len()];
        for filter in filters {
            let places: Vec<usize> =
                filter.column_refs().iter().filter_map(|c| columns.place(&c.name)).collect();
            let expression = state.create_physical_expr(filter.clone(), &df_schema)?;
            let answer = expression.evaluate(&batch)?.into_array(logs.len())?;
            let answer = as_boolean_array(&answer)?;
            for (at, keep) in keep.iter_mut().enumerate() {
                // What the address does not tell, only the record does.
                let known = places.iter().all(|place| {
                    *place == columns.partitions.len()
                        || self.source.partition(at, *place).is_some()
                });
                *keep &= !known || (answer.is_valid(at) && answer.value(at));
            }
        }
        Ok((0..logs.len()).filter(|at| keep[*at]).collect())
    }
}

#[async_trait]
impl TableProvider for CloudTrail {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all);
        Ok(Arc::new(LogScan::new(
            Arc::clone(&self.source),
            self.chosen(state, filters)?,
            Arc::new(self.schema.project(&projection)?),
            projection,
            limit,
            state.config().target_partitions(),
        )))
    }

    /// Filters on where a record lies choose logs. They are inexact: a log whose address does not
    /// tell is read whole, and its rows are filtered afterwards.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let by_place = |filter: &&Expr| {
            let columns = filter.column_refs();
            let known = self.source.columns();
            !columns.is_empty() && columns.iter().all(|c| known.place(&c.name).is_some())
        };
        Ok(filters
            .iter()
            .map(|filter| match by_place(filter) {
                true => TableProviderFilterPushDown::Inexact,
                false => TableProviderFilterPushDown::Unsupported,
            })
            .collect())
    }
}
