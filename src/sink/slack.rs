//! Slack's words for what is wrong, and what each means for a message. Those of incoming webhooks
//! are in <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>, those of the
//! Web API in <https://docs.slack.dev/reference/methods/chat.postMessage>.

use super::SinkError;
use super::http::Answer;

/// What one of Slack's words means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// The message is at fault.
    Message,
    /// The channel, the app or the workspace is, until a person does this.
    Channel(&'static str),
    /// It passes.
    Passing,
    /// The message that it should be under is.
    Thread,
}

use Meaning::{Channel, Message, Passing, Thread};

/// Domains of Slack, also for governments.
pub(super) const DOMAINS: [&str; 2] = ["slack.com", "slack-gov.com"];

/// What to do about a message that Slack does not take.
pub(super) const TEMPLATE: &str =
    "see what the template makes with `clickops render --form slack`, and mend it";

/// What to do about a token that may not write.
pub(super) const SCOPE: &str = "give the Slack app the bot scope chat:write, and install it again";

/// What to do about an answer that is not Slack's.
pub(super) const BETWEEN: &str = "see what answers in Slack's place: a proxy, or another service";

const UNARCHIVE: &str = "unarchive the channel in Slack, or set another one";
const ANEW: &str = "make a new incoming webhook in the settings of the Slack app, and write its \
                    address to the channel's secret";
const TOKEN: &str = "install the Slack app into the workspace again, and write its bot token \
                     (xoxb-...) to the channel's secret";
const INVITE: &str = "check the channel's name or id, and invite the app there with /invite; \
                      with the scope chat:write.public it can write into every public channel";
const ADMINISTRATOR: &str = "ask an administrator of the Slack workspace to let the app write there, \
                             or set another channel";
const UPDATE: &str = "update clickops: this version speaks to Slack in a way that has ended";

const CODES: [(&[&str], Meaning); 10] = [
    (
        &[
            "attachment_payload_limit_exceeded",
            "cannot_parse_attachment",
            "invalid_attachments",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_json",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_payload",
            "json_not_object",
            "markdown_text_conflict",
            "metadata_too_large",
            "missing_text_or_fallback_or_attachments",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
            "too_many_attachments",
            "too_many_contact_cards",
        ],
        Message,
    ),
    (&["channel_is_archived", "is_archived"], Channel(UNARCHIVE)),
    (
        &["no_active_hooks", "no_service", "no_service_id", "no_team", "user_not_found"],
        Channel(ANEW),
    ),
    (
        &[
            "account_inactive",
            "invalid_auth",
            "invalid_token",
            "not_allowed_token_type",
            "not_authed",
            "token_expired",
            "token_revoked",
        ],
        Channel(TOKEN),
    ),
    (&["channel_not_found", "not_in_channel", "is_inactive"], Channel(INVITE)),
    (&["missing_scope", "no_permission"], Channel(SCOPE)),
    (
        &[
            "access_denied",
            "accesslimited",
            "action_prohibited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "messages_tab_disabled",
            "org_login_required",
            "posting_to_general_channel_denied",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "team_access_not_granted",
            "team_disabled",
            "two_factor_setup_required",
        ],
        Channel(ADMINISTRATOR),
    ),
    (&["deprecated_endpoint", "method_deprecated", "unknown_method"], Channel(UPDATE)),
    (
        &[
            "fatal_error",
            "internal_error",
            "message_limit_exceeded",
            "rate_limited",
            "ratelimited",
            "request_timeout",
            "rollup_error",
            "service_unavailable",
            "team_added_to_org",
        ],
        Passing,
    ),
    (
        &[
            "cannot_reply_to_message",
            "invalid_thread_ts",
            "message_not_found",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked",
            "thread_not_found",
        ],
        Thread,
    ),
];

/// One of Slack's words, which holds nothing of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    /// The word in a text; `secret` is what Slack may have repeated in it.
    pub(super) fn of(text: &str, secret: &str) -> Option<Self> {
        let text = text.trim();
        let is_known = known(text).is_some();
        let is_word = (1..=60).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
        let repeats = secret
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|part| part.len() > 3 && text.contains(&part.to_lowercase()));
        (is_known || (is_word && !repeats)).then(|| Self(text.to_owned()))
    }

    /// Whether it is about the message that this one should be under.
    pub(super) fn is_of_thread(&self) -> bool {
        known(&self.0) == Some(Thread)
    }

    /// The error that it stands for; `hint` says where in the message the fault is. A webhook holds
    /// its own channel, so there a new one is made for another channel.
    pub(super) fn error(&self, answer: &Answer, hint: &str, of_webhook: bool) -> SinkError {
        let reason = format!("Slack answers {}{hint}", self.0);
        let meaning = known(&self.0).unwrap_or_else(|| guess(&self.0));
        match meaning {
            _ if answer.status.is_server_error() => answer.retry(reason),
            Passing => answer.retry(reason),
            Message => SinkError::refused(reason, TEMPLATE),
            Channel(INVITE | TOKEN) if of_webhook => SinkError::broken(reason, ANEW),
            Channel(ANEW) if !of_webhook => SinkError::broken(reason, INVITE),
            Channel(remedy) => SinkError::broken(reason, remedy),
            Thread => SinkError::broken(reason, ADMINISTRATOR),
        }
    }
}

fn known(code: &str) -> Option<Meaning> {
    CODES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, meaning)| *meaning)
}

/// What a word probably means that nobody has documented: if in doubt the channel waits, so that
/// people hear of it at once.
fn guess(code: &str) -> Meaning {
    let of_message = ["too_long", "too_large", "too_many", "invalid_block", "invalid_attachment"];
    match of_message.iter().any(|part| code.contains(part)) {
        true => Message,
        false => Channel("look it up at https://docs.slack.dev/reference/methods/chat.postMessage"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    const SECRET: &str = "https://hooks.slack.com/services/T0AB12CD/B0XY/sesame";

    fn meaning(code: &str, of_webhook: bool) -> &'static str {
        let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: None };
        match Code::of(code, SECRET).unwrap().error(&answer, "", of_webhook) {
            SinkError::Retry { .. } => "again",
            SinkError::Refused { .. } => "refused",
            SinkError::Broken { .. } => "waits",
        }
    }

    #[test]
    fn a_word_is_of_the_message_the_channel_or_passes() {
        for (codes, expected) in [
            (
                &["invalid_payload", "no_text", "msg_blocks_too_long", "title_too_long"][..],
                "refused",
            ),
            (&["channel_is_archived", "is_archived", "token_revoked", "missing_scope"], "waits"),
            (&["thread_not_found", "something_else"], "waits"),
            (&["rollup_error", "ratelimited", "internal_error"], "again"),
        ] {
            for code in codes {
                assert_eq!(meaning(code, false), expected, "{code}");
                assert_eq!(meaning(code, true), expected, "{code}");
            }
        }
    }

    #[test]
    fn what_to_do_is_meant_for_a_webhook_or_for_a_bot() {
        let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: None };
        let remedy = |code: &str, of_webhook| match Code::of(code, SECRET)
            .unwrap()
            .error(&answer, "", of_webhook)
        {
            SinkError::Broken { remedy, .. } => remedy,
            other => other.to_string(),
        };
        for code in ["channel_not_found", "user_not_found", "no_service"] {
            assert_eq!(remedy(code, true), ANEW, "{code}");
            assert_eq!(remedy(code, false), INVITE, "{code}");
        }
        assert_eq!(remedy("invalid_token", true), ANEW);
        assert_eq!(remedy("invalid_auth", false), TOKEN);
    }

    #[test]
    fn no_word_means_two_things() {
        let mut codes: Vec<_> = CODES.iter().flat_map(|(codes, _)| *codes).collect();
        let count = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn a_word_holds_nothing_of_the_secret() {
        for (text, is_code) in [
            ("invalid_payload\n", true),
            ("no_service", true),
            ("some_new_word_2", true),
            ("", false),
            ("<html>", false),
            ("Invalid", false),
            ("sesame", false),
            ("no_such_sesame_here", false),
            ("t0ab12cd", false),
        ] {
            assert_eq!(Code::of(text, SECRET).is_some(), is_code, "{text}");
        }
        assert_eq!(Code::of(&"x".repeat(61), SECRET), None);
    }
}
