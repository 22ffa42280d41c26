//! Every form of log, and every way to be broken.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

/// Records handed out, and the outcome.
fn outcome(log: impl Read) -> (Vec<String>, Result<Summary, Damage>) {
    let mut records = Vec::new();
    let outcome = read(log, |record| {
        records.push(record.to_owned());
        Next::More
    });
    (records, outcome)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Gives as many bytes at a time as the sizes say, over and over.
struct Trickle<'a> {
    bytes: &'a [u8],
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()];
        self.turn += 1;
        let size = size.min(buffer.len()).min(self.bytes.len());
        buffer[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}

const A: &str = r#"{"eventName":"A","x":[{"y":"}]\\\""}]}"#;
const B: &str = r#"{"eventName":"B"}"#;

#[test]
fn every_form_gives_the_same_records() {
    let pretty = "{\n  \"eventName\": \"P\",\n  \"n\": [\n    1\n  ]\n}";
    let event = |text: &str| {
        let inner = serde_json::to_string(text).unwrap();
        format!(r#"{{"EventId":"1","Resources":[],"CloudTrailEvent":{inner}}}"#)
    };
    for (form, text, records) in [
        ("records", format!(r#"{{"Records":[{A},{B}]}}"#), vec![A, B]),
        (
            "records after other keys",
            format!(
                r#"{{"v":1,"o":{{"Records":[1]}}, "Records" : [ {A} , {B} ] ,"z":[{{}}],"n":2}}"#
            ),
            vec![A, B],
        ),
        ("lines", format!("{A}\n{B}\n"), vec![A, B]),
        ("lines with blanks", format!("\n{A}\r\n\n  \n{B}"), vec![A, B]),
        ("array", format!("[{A},\n {B}]"), vec![A, B]),
        ("one", B.to_owned(), vec![B]),
        ("one, pretty", pretty.to_owned(), vec![pretty]),
        ("two, pretty", format!("{pretty}\n{pretty}"), vec![pretty, pretty]),
        ("concatenated", format!("{A}{B} {pretty}"), vec![A, B, pretty]),
        ("concatenated files", format!("{{\"Records\":[{A}]}}\n{{\"Records\":[{B}]}}"), vec![A, B]),
        (
            "lookup-events",
            format!(r#"{{"Events":[{},{}],"NextToken":"x"}}"#, event(A), event(pretty)),
            vec![A, pretty],
        ),
        ("lookup-events, lines", format!("{}\n{}", event(A), event(B)), vec![A, B]),
        ("byte order mark", format!("\u{feff}{{\"Records\":[{A}]}}"), vec![A]),
        ("no records", r#"{"Records":[]}"#.to_owned(), vec![]),
        ("null records", r#"{"Records":null}"#.to_owned(), vec![]),
        ("empty array", "[]".to_owned(), vec![]),
        ("empty", String::new(), vec![]),
        ("blanks", " \n\t ".to_owned(), vec![]),
    ] {
        for packed in [false, true] {
            let bytes = if packed { gzip(text.as_bytes()) } else { text.clone().into_bytes() };
            let (got, result) = outcome(&bytes[..]);
            assert_eq!(got, records, "{form}");
            let expected = Summary { records: records.len() as u64, complete: true };
            assert_eq!(result, Ok(expected), "{form}");
        }
    }
}

#[test]
fn every_member_of_an_archive_is_read() {
    let whole = format!(r#"{{"Records":[{A},{B}]}}"#);
    let (first, second) = whole.as_bytes().split_at(25);
    let bytes = [gzip(first), gzip(b""), gzip(second)].concat();
    let (records, result) = outcome(&bytes[..]);
    assert_eq!(records, [A, B]);
    assert!(result.is_ok());
}

#[test]
fn damage_is_told_after_the_records_before_it() {
    let file = |text: &str| format!(r#"{{"Records":[{A},{text}"#);
    let start = file("").len() as u64;
    for (text, count, damage) in [
        // Cut JSON.
        (file("{\"a\":"), 1, Damage::EndsInside { records: 1, at: start + 5 }),
        (file(B), 2, Damage::EndsInside { records: 2, at: start + 17 }),
        (file(&format!("{B}]")), 2, Damage::EndsInside { records: 2, at: start + 18 }),
        ("{\n\"eventName\":\n".to_owned(), 0, Damage::EndsInside { records: 0, at: 15 }),
        (format!("{B}\n{{\"eventName\":\"x"), 1, Damage::EndsInside { records: 1, at: 33 }),
        // No JSON.
        (file("{]"), 1, Damage::Syntax { records: 1, at: start + 1 }),
        (format!("[{B}}}"), 1, Damage::Syntax { records: 1, at: 18 }),
        ("hello".to_owned(), 0, Damage::Syntax { records: 0, at: 0 }),
        ("<html>\n<b>\n".to_owned(), 0, Damage::Syntax { records: 0, at: 0 }),
        // Records that are none, among others.
        (
            format!(r#"{{"Records":[1,{A},null,"x",[{B}]]}}"#),
            1,
            Damage::Broken { broken: 4, line: 1, at: 12, records: 1 },
        ),
        // Broken lines, first, in the middle, last.
        (
            format!("{A}\nnonsense\n{{\"eventName\":\n{{\"a\":[\n\"x\n{B}\n"),
            2,
            Damage::Broken { broken: 4, line: 2, at: A.len() as u64 + 1, records: 2 },
        ),
        (
            format!("{{\"eventName\":\"cut\n{A}\n{B}\n"),
            2,
            Damage::Broken { broken: 1, line: 1, at: 0, records: 2 },
        ),
        (
            format!("{{\"eventName\":\"cut\",\n{A}\n{{}}\n42\n{B}\n"),
            2,
            Damage::Broken { broken: 2, line: 1, at: 0, records: 2 },
        ),
        (
            format!("{B}\n{{\"a\":{{\"b\":1}}}}\n{B}"),
            2,
            Damage::Broken { broken: 1, line: 2, at: 18, records: 2 },
        ),
        (
            r#"{"Events":[{"EventId":"1"},{"CloudTrailEvent":"{cut"},{"CloudTrailEvent":"{}"}]}"#
                .to_owned(),
            1,
            Damage::Broken { broken: 2, line: 1, at: 11, records: 1 },
        ),
    ] {
        let (records, result) = outcome(text.as_bytes());
        assert_eq!(result, Err(damage), "{text}");
        assert_eq!(records.len(), count, "{text}");
    }
}

#[test]
fn a_cut_or_altered_archive_still_gives_its_first_records() {
    let many = vec![A; 20_000].join(",");
    let packed = gzip(format!(r#"{{"Records":[{many}]}}"#).as_bytes());
    let (records, result) = outcome(&packed[..packed.len() / 2]);
    assert!(!records.is_empty() && records.iter().all(|record| record == A));
    let count = records.len() as u64;
    assert!(matches!(result, Err(Damage::Gzip { records, at }) if records == count && at > 0));

    let mut altered = packed.clone();
    let end = altered.len() - 8;
    altered[end] ^= 1;
    let (records, result) = outcome(&altered[..]);
    assert_eq!(records.len(), 20_000);
    assert!(matches!(result, Err(Damage::Gzip { records: 20_000, .. })));

    let (_, result) = outcome(&[0x1f, 0x8b, 1, 2, 3][..]);
    assert!(matches!(result, Err(Damage::Gzip { records: 0, at: 0 })));
}

#[test]
fn a_byte_altered_anywhere_in_an_archive_is_damage_to_the_archive() {
    // Records that differ, so that the altered archive unpacks to text that is no JSON.
    let record = |n: u64| format!(r#"{{"eventName":"{:x}"}}"#, n.wrapping_mul(0x9e37_79b9_7f4a));
    let records: Vec<String> = (0..2_000).map(record).collect();
    let packed = gzip(format!(r#"{{"Records":[{}]}}"#, records.join(",")).as_bytes());
    for place in (10..packed.len()).step_by(packed.len() / 50) {
        let mut altered = packed.clone();
        altered[place] ^= 0x10;
        let (got, result) = outcome(&altered[..]);
        if result.is_ok() {
            // A bit that fills up the last byte means nothing.
            assert_eq!(got, records, "byte {place} of {}", packed.len());
            continue;
        }
        let Err(damage @ Damage::Gzip { .. }) = result else {
            panic!("byte {place}: {result:?}");
        };
        assert!(damage.to_string().contains("gzip archive is cut or corrupt"));
        assert!(damage.remedy().starts_with("fetch it again"));
    }
    // Bad JSON in a good archive is still told as such.
    let (_, result) = outcome(&gzip(b"{\"Records\":[{]}")[..]);
    assert!(matches!(result, Err(Damage::Syntax { .. })), "{result:?}");
}

#[test]
fn utf16_is_named() {
    let text = format!(r#"{{"Records":[{A},{B}]}}"#);
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let marked = format!("\u{feff}{text}");
    for bytes in [little(&marked), big(&marked), little(&text), big(&text)] {
        for bytes in [gzip(&bytes), bytes] {
            let (records, result) = outcome(&bytes[..]);
            assert_eq!(result, Err(Damage::Utf16));
            assert_eq!(records.len(), 0);
        }
    }
    assert!(Damage::Utf16.to_string().contains("UTF-16"));
    assert!(Damage::Utf16.remedy().contains("convert it to UTF-8"));
}

#[test]
fn files_of_other_kinds_are_named() {
    for (text, other) in [
        (r#"{"awsAccountId":"1","digestStartTime":"x","logFiles":[]}"#, Other::Digest),
        (r#"{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[]}"#, Other::Config),
        (r#"{"Records":[{"eventType":"x","insightDetails":{}}]}"#, Other::Insight),
        (r#"{"Records":[{"eventId":"1","timeWindow":{}}]}"#, Other::Aggregated),
        ("{}", Other::Unknown),
        (r#"{"hello":"world"}"#, Other::Unknown),
    ] {
        let (records, result) = outcome(text.as_bytes());
        assert_eq!(result, Err(Damage::NotCloudTrail(other)), "{text}");
        assert_eq!(records.len(), 0, "{text}");
    }
}

#[test]
fn bytes_that_are_no_utf8_are_replaced() {
    let (records, result) = outcome(&b"{\"Records\":[{\"eventName\":\"\xff\xc3(\"}]}"[..]);
    assert_eq!(records, ["{\"eventName\":\"\u{fffd}\u{fffd}(\"}"]);
    assert!(result.is_ok());
}

#[test]
fn the_caller_stops_and_counts_broken_records() {
    let text = format!(r#"{{"Records":[{A},{B},{A}]}}"#);
    let mut seen = 0;
    let result = read(text.as_bytes(), |_| {
        seen += 1;
        if seen == 2 { Next::Stop } else { Next::More }
    });
    assert_eq!((seen, result), (2, Ok(Summary { records: 2, complete: false })));

    let result =
        read(text.as_bytes(), |record| if record == B { Next::Broken } else { Next::More });
    let at = 13 + A.len() as u64;
    assert_eq!(result, Err(Damage::Broken { broken: 1, line: 1, at, records: 2 }));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        let inner = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{{"eventName":{inner}}}"#)
    };
    for text in [
        format!(r#"{{"Records":[{A},{},{},{B}]}}"#, nested(DEEPEST), nested(DEEPEST + 1)),
        format!("{A}\n{}\n{}\n{B}\n", nested(DEEPEST), nested(1_000_000)),
    ] {
        let (records, result) = outcome(text.as_bytes());
        assert_eq!(records.len(), 3);
        assert!(matches!(result, Err(Damage::Broken { broken: 1, records: 3, .. })));
    }
}

#[test]
fn a_record_too_large_for_memory_is_refused() {
    let head = format!(r#"{{"Records":[{A},{{"eventName":""#);
    let log = head.as_bytes().chain(io::repeat(b'x').take(LARGEST as u64 + 1));
    let (records, result) = outcome(log);
    assert_eq!(records, [A]);
    assert!(matches!(result, Err(Damage::TooLarge { records: 1, .. })));
}

#[test]
fn a_source_that_fails_is_told_apart_from_damage() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("network is down"))
        }
    }
    for (start, count) in [(String::new(), 0), (format!("{A}\n{B}\n"), 2)] {
        let (records, result) = outcome(start.as_bytes().chain(Fails));
        assert_eq!(records.len(), count);
        let Err(Damage::Unreadable { reason, .. }) = result else {
            panic!("{result:?}");
        };
        assert_eq!(reason, "network is down");
    }
}

#[test]
fn each_damage_says_what_to_do() {
    for damage in [
        Damage::Gzip { records: 3, at: 10 },
        Damage::Broken { broken: 2, line: 7, at: 10, records: 5 },
        Damage::NotCloudTrail(Other::Digest),
    ] {
        assert!(!damage.remedy().is_empty());
        assert!(!damage.to_string().contains('\n'));
    }
    let broken = Damage::Broken { broken: 2, line: 7, at: 10, records: 5 };
    assert_eq!(broken.to_string(), "2 of 7 records broken, the first in line 7 (byte 10)");
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "[ -~\\n\"\\\\é😀{}\\[\\]]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("[a-z\"\\\\]{1,6}", inner), 0..4)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_same_records_whatever_the_chunks_and_the_form(
        values in prop::collection::vec(json(), 1..6),
        sizes in prop::collection::vec(1_usize..40, 1..8),
        form in 0..5,
    ) {
        let records: Vec<String> = values
            .into_iter()
            .map(|value| serde_json::json!({"eventName": "x", "value": value}))
            .map(|record| match form {
                0 => serde_json::to_string_pretty(&record).unwrap(),
                _ => record.to_string(),
            })
            .collect();
        let text = match form {
            0 | 1 => records.join("\n"),
            2 => format!("[{}]", records.join(" ,\n")),
            3 => records.concat(),
            _ => format!(r#"{{"a":{{}},"Records":[{}]}}"#, records.join(",")),
        };
        let log = Trickle { bytes: text.as_bytes(), sizes, turn: 0 };
        let (got, result) = outcome(log);
        prop_assert_eq!(&got, &records);
        prop_assert!(result.is_ok());
    }

    #[test]
    fn no_input_makes_the_reader_fail_in_other_ways_than_told(
        text in "[{}\\[\\]\",:\\\\a1\\n ]{0,60}",
        sizes in prop::collection::vec(1_usize..9, 1..4),
    ) {
        let whole = outcome(text.as_bytes());
        let chunked = outcome(Trickle { bytes: text.as_bytes(), sizes, turn: 0 });
        prop_assert_eq!(whole, chunked);
    }
}
