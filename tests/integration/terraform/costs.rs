//! What an installation costs in a month, by the formula of terraform/README.md.

use std::fmt::Write as _;

/// An organisation.
struct Size {
    name: &'static str,
    accounts: f64,
    /// In which an account does something.
    regions: f64,
    /// In a day, compressed.
    gigabytes: f64,
    /// Of 288 five minutes of a day, those in which an account does something in a region.
    busy: f64,
    /// Of a tick.
    seconds: f64,
}

const SIZES: [Size; 3] = [
    Size {
        name: "one account",
        accounts: 1.0,
        regions: 3.0,
        gigabytes: 0.05,
        busy: 0.5,
        seconds: 8.0,
    },
    Size {
        name: "20 accounts",
        accounts: 20.0,
        regions: 4.0,
        gigabytes: 1.0,
        busy: 0.5,
        seconds: 15.0,
    },
    Size {
        name: "300 accounts",
        accounts: 300.0,
        regions: 5.0,
        gigabytes: 20.0,
        busy: 0.5,
        seconds: 60.0,
    },
];

const DAYS: f64 = 30.0;
const TICKS: f64 = 24.0;
/// clickops lists a folder once in a tick, Athena lists its day and at times the one before.
const LISTINGS: f64 = 3.0;
/// Metrics of the function, and alarms of the module.
pub(super) const METRICS: f64 = 13.0;
const ALARMS: f64 = 6.0;
/// Of the function's memory.
const GIGABYTES: f64 = 0.25;

/// Dollars.
mod price {
    pub(super) const SCANNED_TERABYTE: f64 = 5.0;
    pub(super) const LIST: f64 = 5.0e-6;
    pub(super) const GET: f64 = 0.4e-6;
    pub(super) const DECRYPT: f64 = 3.0e-6;
    pub(super) const GIGABYTE_SECOND: f64 = 13.334e-6;
    pub(super) const METRIC: f64 = 0.30;
    pub(super) const ALARM: f64 = 0.10;
}

impl Size {
    fn logs(&self) -> f64 {
        self.accounts * self.regions * 288.0 * self.busy * DAYS
    }

    /// Dollars a month, each with what it is for.
    fn dollars(&self) -> [f64; 5] {
        // A query of less than 10 MB is charged as one of 10 MB.
        let scanned = (self.gigabytes * DAYS / 1000.0).max(TICKS * DAYS * 10.0e6 / 1.0e12);
        let listed = self.accounts * self.regions * LISTINGS * TICKS * DAYS;
        [
            scanned * price::SCANNED_TERABYTE,
            self.logs() * price::GET + listed * price::LIST,
            self.logs() * price::DECRYPT,
            TICKS * DAYS * self.seconds * GIGABYTES * price::GIGABYTE_SECOND,
            METRICS * price::METRIC + ALARMS * price::ALARM,
        ]
    }
}

/// The table of the README.
pub(super) fn table() -> String {
    let mut table = "| size | regions | logs a month | GB a month | Athena | S3 | KMS | Lambda | metrics, alarms | together |\n\
        | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n"
        .to_owned();
    for size in SIZES {
        let dollars = size.dollars();
        let cells: Vec<_> = dollars.iter().map(|one| format!("${one:.2}")).collect();
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | **${:.2}** |",
            size.name,
            size.regions,
            size.logs(),
            size.gigabytes * DAYS,
            cells.join(" | "),
            dollars.iter().sum::<f64>(),
        );
    }
    table
}
