//! The table `cloudtrail`: its schema, and which logs a query has to open.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::common::cast::as_boolean_array;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::columns::{self, PLACE};
use super::scan::{LogScan, Source};
use crate::logs::{Log, Place};

/// The table over the logs of one query.
#[derive(Debug)]
pub(super) struct CloudTrail {
    source: Arc<Source>,
    schema: SchemaRef,
}

impl CloudTrail {
    pub(super) fn new(source: Arc<Source>) -> Self {
        Self { source, schema: columns::schema() }
    }

    /// Positions of the logs that can hold rows the filters let through.
    fn chosen(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<usize>> {
        let logs = self.source.logs();
        let schema = Schema::new(PLACE.map(|name| Field::new(name, DataType::Utf8, true)).to_vec());
        let df_schema = DFSchema::try_from(schema.clone())?;
        let column = |value: fn(&Log) -> Option<&String>| {
            Arc::new(logs.iter().map(value).collect::<StringArray>()) as ArrayRef
        };
        let batch = RecordBatch::try_new(
            Arc::new(schema),
            vec![
                column(|log| log.place.as_ref().map(|place: &Place| &place.account)),
                column(|log| log.place.as_ref().map(|place| &place.region)),
                column(|log| log.place.as_ref().map(|place| &place.day)),
                column(|log| Some(&log.address)),
            ],
        )?;
        let mut keep = vec![true; logs.len()];
        for filter in filters {
            let by_path = filter.column_refs().iter().all(|c| c.name == "$path");
            let expression = state.create_physical_expr(filter.clone(), &df_schema)?;
            let answer = expression.evaluate(&batch)?.into_array(logs.len())?;
            let answer = as_boolean_array(&answer)?;
            for (at, keep) in keep.iter_mut().enumerate() {
                // Without a place, only the record tells account, region and day.
                let known = by_path || logs[at].place.is_some();
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

    /// Filters on where a record lies choose logs. They are inexact: a log without a place is read
    /// whole, and its rows are filtered afterwards.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let by_place = |filter: &&Expr| {
            let columns = filter.column_refs();
            !columns.is_empty() && columns.iter().all(|c| PLACE.contains(&c.name.as_str()))
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
