//! One log, record by record.
