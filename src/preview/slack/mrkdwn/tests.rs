use super::*;

/// Spans in a notation of their own: `[b bold]`, `[code x]`, `[to label]`, `[live @here]`.
fn shown(spans: &[Span]) -> String {
    let one = |span: &Span| match span {
        Span::Text(text) => text.clone(),
        Span::Styled(Style::Bold, inner) => format!("[b {}]", shown(inner)),
        Span::Styled(Style::Italic, inner) => format!("[i {}]", shown(inner)),
        Span::Styled(Style::Strike, inner) => format!("[s {}]", shown(inner)),
        Span::Code(inner) => format!("[code {}]", shown(inner)),
        Span::Link { to, label } => format!("[{to} {}]", shown(label)),
        Span::Live(name) => format!("[live {name}]"),
        Span::Break => "\n".to_owned(),
    };
    spans.iter().map(one).collect()
}

#[test]
fn marks_count_between_a_word_and_something_else() {
    for (text, expected) in [
        ("*a* _b_ ~c~ `d`", "[b a] [i b] [s c] [code d]"),
        ("*_both_*, (*x*).", "[b [i both]], ([b x])."),
        ("snake_case_name a*b*c", "snake_case_name a*b*c"),
        ("* a* *b * **", "* a* *b * **"),
        ("*open _and_", "*open [i and]"),
        ("**twice**", "**twice**"),
        ("*a `b* c` d*", "[b a [code b* c] d]"),
        ("*a\nb*", "*a\nb*"),
        ("`` a` `b", "`` a` `b"),
        ("x`y`", "x`y`"),
        ("`a`b`", "[code a`b]"),
        ("*é*ü", "*é*ü"),
        ("*a*_b_", "[b a][i b]"),
        (":tada: • x", ":tada: • x"),
    ] {
        assert_eq!(shown(&line(text, true)), expected, "{text}");
    }
}

#[test]
fn three_escapes_are_read_once() {
    for (text, expected) in [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt; &quot; &#39; &", "&lt; &quot; &#39; &"),
        ("`&lt;x&gt;`", "[code <x>]"),
        ("&lt;!here&gt; &lt;@U1&gt;", "<!here> <@U1>"),
        ("<https://x.example/?a=1&amp;b|a &amp; b>", "[https://x.example/?a=1&b a & b]"),
    ] {
        assert_eq!(shown(&line(text, true)), expected, "{text}");
    }
}

#[test]
fn what_does_something_is_live() {
    for (text, expected) in [
        ("<!here> <!channel|channel>", "[live @here] [live @channel]"),
        ("<@U1> <@U2|ann> <#C1|general>", "[live @U1] [live @ann] [live #general]"),
        ("<!subteam^S1> <!subteam^S1|@ops>", "[live @S1] [live @ops]"),
        ("<!date^1^{date}|a day>", "[live a day]"),
        ("`<!here>`", "[code [live @here]]"),
        (
            "<https://x.example> *<mailto:a@x.example|mail>*",
            "[https://x.example https://x.example] [b [mailto:a@x.example mail]]",
        ),
        ("<javascript:alert(1)|x> <b> < a >", "<javascript:alert(1)|x> <b> < a >"),
        ("<", "<"),
    ] {
        assert_eq!(shown(&line(text, true)), expected, "{text}");
    }
}

#[test]
fn only_verbatim_text_stays_what_it_is() {
    let text = "(see https://x.example/a_b_c.) @here, @hereafter a@channel httpx";
    assert_eq!(shown(&line(text, true)), text);
    assert_eq!(
        shown(&line(text, false)),
        "(see [https://x.example/a_b_c https://x.example/a_b_c].) [live @here], @hereafter a@channel httpx"
    );
}

#[test]
fn fences_and_quotes_are_parts_of_their_own() {
    let text = "one\n```\n{ *a* }\n  &lt;\n```\n&gt; said *x*\n>and more\ntwo\n&gt;&gt;&gt; all\nof it ``` open";
    let parts: Vec<_> = blocks(text, true, Tone::default())
        .into_iter()
        .map(|block| match block.part {
            Part::Text { spans, .. } => ("text", shown(&spans)),
            Part::Quote(spans) => ("quote", shown(&spans)),
            Part::Code(spans) => ("code", shown(&spans)),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("text", "one"),
        ("code", "{ *a* }\n  <"),
        ("quote", "said [b x]\nand more"),
        ("text", "two"),
        ("quote", "all\nof it ``` open"),
    ];
    let expected: Vec<_> = expected.map(|(kind, text)| (kind, text.to_owned())).into();
    assert_eq!(parts, expected);
}

#[test]
fn long_hostile_texts_are_read_in_no_time() {
    for text in ["*a ", "`", "<", "_*~", "[", "<!", "`a", "*_~`<x|", "http://", "http:", " `a"] {
        blocks(&text.repeat(20_000), false, Tone::default());
    }
}
