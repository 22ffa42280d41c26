//! Text functions on anything.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::super::tests::{answer, bigint, text_of};

/// Whole numbers, the odd ones among them often.
fn numbers() -> impl Strategy<Value = i64> {
    prop_oneof![
        -5_i64..20,
        Just(i64::MIN),
        Just(i64::MIN + 1),
        Just(i64::MAX),
        Just(i64::from(i32::MIN)),
        Just(i64::from(i32::MAX) + 1),
        any::<i64>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_are_parts(text in ".{0,12}", start in numbers(), length in numbers()) {
        let part = answer("substr", &[text_of(&text), bigint(start), bigint(length)]);
        prop_assert!(text.contains(&part));
        let size = text.chars().count() as i64;
        if (1..=size).contains(&start) && length > 0 {
            prop_assert_eq!(part.chars().count() as i64, length.min(size - start + 1));
        } else if start > size || length < 1 {
            prop_assert_eq!(part, "");
        }
    }

    #[test]
    fn no_format_panics(format in "[%$0-9.,(<#+ -]{0,8}[a-zA-Z%é]?", value in any::<f64>()) {
        let values = [text_of(&format), text_of("a"), bigint(-1), super::super::tests::double(value)];
        let said = answer("format", &values);
        prop_assert!(format.contains('%') || said == format);
    }

    #[test]
    fn what_is_split_can_be_joined(text in "[aé-]{0,8}", delimiter in "[aé-]{1,2}") {
        let count = text.matches(delimiter.as_str()).count() + 1;
        let parts: Vec<_> = (1..=count as i64)
            .map(|at| answer("split_part", &[text_of(&text), text_of(&delimiter), bigint(at)]))
            .collect();
        prop_assert_eq!(parts.join(&delimiter), text.clone());
        let past = [text_of(&text), text_of(&delimiter), bigint(count as i64 + 1)];
        prop_assert_eq!(answer("split_part", &past), "NULL");
    }

    #[test]
    fn what_is_found_is_there(text in "[abé]{0,8}", search in "[abé]{1,2}", instance in numbers()) {
        prop_assume!(instance != 0);
        let arguments = [text_of(&text), text_of(&search), bigint(instance)];
        let at: usize = answer("strpos", &arguments).parse().unwrap();
        let rest: String = text.chars().skip(at.saturating_sub(1)).collect();
        prop_assert!(at == 0 || rest.starts_with(&search));
    }

    #[test]
    fn nothing_panics(a in "\\PC{0,6}", b in "\\PC{0,3}", c in "\\PC{0,2}", number in numbers()) {
        let (a, b, c) = (text_of(&a), text_of(&b), text_of(&c));
        for name in [
            "lower", "upper", "length", "reverse", "trim", "soundex", "normalize", "luhn_check",
            "url_encode", "url_decode", "url_extract_host", "from_base64", "from_base32", "from_hex",
        ] {
            answer(name, std::slice::from_ref(&a));
        }
        for name in ["levenshtein_distance", "hamming_distance", "ltrim", "replace", "split"] {
            answer(name, &[a.clone(), b.clone()]);
        }
        for name in ["replace", "translate", "split_to_map", "split_to_multimap"] {
            answer(name, &[a.clone(), b.clone(), c.clone()]);
        }
        let number = bigint(number);
        answer("split", &[a.clone(), b.clone(), number.clone()]);
        answer("chr", std::slice::from_ref(&number));
        answer("format_number", std::slice::from_ref(&number));
        answer("format", &[a, number]);
    }
}
