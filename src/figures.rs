//! Figures as people read them: sizes, lengths of time, prices.

use crate::digest::words;

/// `38.1 MB`, in powers of a thousand, as Athena's prices are.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1_000 {
        return words::plural(bytes, "byte", None);
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `3.1 s`, `2 min 5 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    // An empty sum is -0.
    let seconds = seconds + 0.0;
    if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

/// `$0.0002`, `$1.50`.
pub(crate) fn usd(dollars: f64) -> String {
    if dollars > 0.0 && dollars < 0.000_05 {
        "under $0.0001".to_owned()
    } else if dollars < 0.01 {
        format!("${dollars:.4}")
    } else {
        format!("${dollars:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(38_100_000), "38.1 MB");
        assert_eq!(bytes(999_999), "1.0 MB");
        assert_eq!(seconds(3.12), "3.1 s");
        assert_eq!(seconds(-0.0), "0.0 s");
        assert_eq!(seconds(125.0), "2 min 5 s");
        assert_eq!(usd(0.0002), "$0.0002");
        assert_eq!(usd(0.000_000_1), "under $0.0001");
        assert_eq!(usd(1.5), "$1.50");
        assert_eq!(usd(0.0), "$0.0000");
    }
}
