//! A bot: threads, and answers that come with 200 whatever they say.

use super::*;

fn bot(desk: &Desk, slack: &Slack, channel: &str) -> SlackBot {
    let settings = config::SlackBot { token: secret(desk, TOKEN), channel: channel.to_owned() };
    SlackBot::new(settings, Arc::new(Secrets::new([]))).with_api(&slack.api_url())
}

#[tokio::test]
async fn messages_go_into_the_channel_and_under_each_other() {
    let (desk, slack) = (Desk::new(), Slack::start());
    for channel in [CHANNEL.0, CHANNEL.1] {
        let sink = bot(&desk, &slack, channel);
        assert_eq!((sink.form(), sink.pace()), (Form::Slack, Some(Duration::from_secs(1))));
        sink.ready().await.unwrap();
        let first = sink.deliver(&digest(), None).await.unwrap();
        let second = sink.deliver(&digest(), first.id.as_deref()).await.unwrap();
        assert_eq!(second.note, None);
        let taken = slack.taken();
        assert_eq!(taken.len(), 2);
        assert_eq!(Some(&taken[0].ts), first.id.as_ref());
        assert_eq!(Some(&taken[1].ts), second.id.as_ref());
        assert_eq!((&taken[0].under, &taken[1].under), (&None, &first.id));
        let mut body = taken[1].body.clone();
        assert_eq!(body["channel"], channel);
        body.as_object_mut().unwrap().retain(|key, _| key != "channel" && key != "thread_ts");
        assert_eq!(body.to_string(), digest().body);
    }
}

#[tokio::test]
async fn a_message_whose_thread_is_gone_stands_by_itself() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = bot(&desk, &slack, CHANNEL.0);
    let first = sink.deliver(&digest(), None).await.unwrap().id.unwrap();
    slack.delete(&first);
    slack.taken();
    let receipt = sink.deliver(&digest(), Some(&first)).await.unwrap();
    assert!(receipt.note.unwrap().contains("gone or locked"));
    let taken = slack.taken();
    assert_eq!((taken.len(), &taken[0].under), (1, &None));
    for code in ["message_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"]
    {
        slack.fail(&[Fault::api(code)]);
        assert_eq!(fate(&sink.deliver(&digest(), Some(&first)).await), "taken", "{code}");
        // Without a thread there is none to leave out.
        slack.fail(&[Fault::api(code)]);
        assert_eq!(fate(&sink.deliver(&digest(), None).await), "waits", "{code}");
    }
    // What goes wrong with the second try is told as ever.
    slack.fail(&[Fault::api("thread_not_found"), Fault::api("is_archived")]);
    assert_eq!(fate(&sink.deliver(&digest(), Some(&first)).await), "waits");
}

#[tokio::test]
async fn each_word_of_the_web_api_says_what_becomes_of_the_message() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = bot(&desk, &slack, CHANNEL.0);
    for (expected, codes) in [
        (
            "refused",
            &[
                "invalid_blocks",
                "invalid_blocks_format",
                "msg_blocks_too_long",
                "no_text",
                "attachment_payload_limit_exceeded",
                "metadata_too_large",
                "msg_too_long",
                "too_many_new_things",
            ][..],
        ),
        (
            "waits",
            &[
                "channel_not_found",
                "not_in_channel",
                "is_archived",
                "restricted_action",
                "restricted_action_read_only_channel",
                "restricted_action_thread_only_channel",
                "token_revoked",
                "token_expired",
                "invalid_auth",
                "not_authed",
                "missing_scope",
                "account_inactive",
                "org_login_required",
                "a_word_that_is_new",
            ],
        ),
        (
            "again",
            &[
                "ratelimited",
                "rate_limited",
                "message_limit_exceeded",
                "internal_error",
                "service_unavailable",
            ],
        ),
    ] {
        for code in codes {
            slack.fail(&[Fault::api(code)]);
            let sent = sink.deliver(&digest(), None).await;
            assert_eq!(fate(&sent), expected, "{code}");
            let error = sent.unwrap_err().to_string();
            assert!(error.contains(&format!("Slack answers {code}")), "{error}");
        }
    }
    assert!(slack.taken().is_empty());
}

#[tokio::test]
async fn other_answers_of_the_web_api_are_known_by_their_status_and_not_repeated() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = bot(&desk, &slack, CHANNEL.0);
    let says = |status, body: &str| Fault::Status(status, Vec::new(), body.to_owned());
    let pause = || vec![("Retry-After", "7".to_owned())];
    let limited = "{\"ok\": false, \"error\": \"ratelimited\"}".to_owned();
    let seven = Some(Duration::from_secs(7));
    for (fault, expected, after) in [
        (says(200, "hush"), "waits", None),
        (says(200, "{\"ok\": false, \"error\": \"xoxb-1-hush\"}"), "waits", None),
        (says(200, "{\"ok\": false, \"error\": \"no_such_hush\"}"), "waits", None),
        (says(200, "{\"ok\": false}"), "waits", None),
        (says(500, "{\"ok\": true, \"ts\": \"hush\"}"), "again", None),
        (says(503, "hush"), "again", None),
        (Fault::Hangup, "again", None),
        (Fault::busy(7), "again", seven),
        (Fault::Status(429, pause(), limited.clone()), "again", seven),
        (Fault::Status(200, pause(), limited), "again", seven),
    ] {
        slack.fail(std::slice::from_ref(&fault));
        let sent = sink.deliver(&digest(), None).await;
        assert_eq!(fate(&sent), expected, "{fault:?}");
        if let Err(SinkError::Retry { after: pause, .. }) = sent {
            assert_eq!(pause, after, "{fault:?}");
        }
    }
    assert!(slack.taken().is_empty());
    let place = json!({
        "ok": false, "error": "invalid_blocks",
        "response_metadata": { "messages": ["[ERROR] hush [json-pointer:/blocks/3/text]"] },
    });
    slack.fail(&[says(200, &place.to_string())]);
    let sent = sink.deliver(&digest(), None).await;
    assert_eq!(fate(&sent), "refused");
    assert!(sent.unwrap_err().to_string().contains("invalid_blocks at /blocks/3/text ("));
}

#[tokio::test]
async fn ready_is_who_has_a_good_token_with_its_scope() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = bot(&desk, &slack, CHANNEL.0);
    slack.fail(&[Fault::api("token_revoked")]);
    let error = sink.ready().await.unwrap_err().to_string();
    assert!(error.contains("token_revoked; install the Slack app"), "{error}");
    slack.scopes("channels:read,chat:write.public");
    let error = sink.ready().await.unwrap_err().to_string();
    assert!(error.contains("chat:write"), "{error}");
    slack.scopes("channels:read, chat:write");
    sink.ready().await.unwrap();
    assert!(slack.taken().is_empty());
}

#[tokio::test]
async fn a_token_goes_nowhere_but_to_slack() {
    let slack = Slack::start();
    let bot = |token: &str, api: &str| {
        let desk = Desk::new();
        let settings =
            config::SlackBot { token: secret(&desk, token), channel: CHANNEL.1.to_owned() };
        (SlackBot::new(settings, Arc::new(Secrets::new([]))).with_api(api), desk)
    };
    for (token, api, said) in [
        (TOKEN, "https://slack.example.com/api/", "CLICKOPS_SLACK_API"),
        (TOKEN, "hush", "CLICKOPS_SLACK_API"),
        ("xoxb-2-hush", &slack.api_url(), "invalid_auth"),
        ("xoxb-1\u{1}hush", &slack.api_url(), "holds no token of Slack"),
        (&slack.hook_url(), &slack.api_url(), "holds no token of Slack"),
        ("REPLACE_ME", &slack.api_url(), "it still holds the placeholder"),
    ] {
        let (sink, _desk) = bot(token, api);
        let sent = sink.deliver(&digest(), None).await;
        assert_eq!(fate(&sent), "waits", "{token} {api}");
        let error = sent.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert!(sink.ready().await.is_err());
        assert!(!format!("{sink:?}").contains("hush"));
    }
    // Redirects are not followed either.
    let elsewhere = Slack::start();
    let (sink, _desk) = bot(TOKEN, &slack.api_url());
    slack.fail(&[Fault::Status(307, vec![("Location", elsewhere.api_url())], String::new())]);
    assert_eq!(fate(&sink.deliver(&digest(), None).await), "waits");
    assert!(elsewhere.taken().is_empty());
    let text = Message { body: "hello".to_owned(), ..digest() };
    assert_eq!(fate(&sink.deliver(&text, None).await), "refused");
}
