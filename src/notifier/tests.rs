//! What is taken over from the notifier's settings, and what a mistake gets.

use super::*;

fn hcl(text: &str) -> Imported {
    import(text, false).unwrap()
}

fn refused(text: &str) -> String {
    import(text, false).unwrap_err().to_string()
}

/// The part of a config that is no comment.
fn lines(imported: &Imported) -> Vec<&str> {
    imported.config.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

#[test]
fn lists_become_exclusions_and_conditions() {
    let imported = hcl(r#"
        included_accounts = ["111122223333", 222233334444]
        excluded_accounts = ["333344445555",]
        included_users    = ["ann@example.com"]
        excluded_users    = ["bob@example.com", "bob@example.com"]
        excluded_scoped_actions = ["iot.amazonaws.com:RegisterCertificate", "iot.amazonaws.com:AttachPolicy", "ses:SendEmail"]
    "#);
    assert_eq!(
        lines(&imported),
        [
            "[[report]]",
            "name = \"clickops\"",
            "mode = \"events\"",
            "match.accounts = [\"111122223333\", \"222233334444\"]",
            "match.actors = [\"ann@example.com\"]",
            "match.actors_without_email = true",
            "[[exclusion]]",
            "name = \"notifier-accounts\"",
            "kind = \"accepted\"",
            "reason = \"excluded_accounts of clickops-notifier\"",
            "account = \"333344445555\"",
            "[[exclusion]]",
            "name = \"notifier-users\"",
            "kind = \"accepted\"",
            "reason = \"excluded_users of clickops-notifier\"",
            "actor = \"bob@example.com\"",
            "[[exclusion]]",
            "name = \"notifier-actions-iot\"",
            "kind = \"accepted\"",
            "reason = \"excluded_scoped_actions of clickops-notifier\"",
            "event_source = \"iot.amazonaws.com\"",
            "event_name = [\"RegisterCertificate\", \"AttachPolicy\"]",
            "[[exclusion]]",
            "name = \"notifier-actions-ses\"",
            "kind = \"accepted\"",
            "reason = \"excluded_scoped_actions of clickops-notifier\"",
            "event_source = \"ses\"",
            "event_name = \"SendEmail\"",
        ]
    );
    assert_eq!(imported.taken.len(), 5, "{:?}", imported.taken);
    assert!(imported.taken[4].ends_with("the notifier never found ses, clickops does"));
    assert!(imported.left.is_empty(), "{:?}", imported.left);
    assert!(imported.config.contains("# event_name = \"TerminateProvisionedProduct\""));
}

#[test]
fn a_module_call_and_json_say_the_same() {
    let vars = r#"excluded_users = ["bob@example.com"]"#;
    let module = format!(
        "module \"x\" {{\n source = \"cloudandthings/clickops-notifier/aws\"\n version = \"5.2.0\"\n {vars}\n}}\n\
         module \"y\" {{\n source = \"./other\"\n excluded_users = [\"eve\"]\n}}"
    );
    let json = import(r#"{ "excluded_users": ["bob@example.com"] }"#, true).unwrap();
    assert_eq!(hcl(&module).config, hcl(vars).config);
    assert_eq!(json.config, hcl(vars).config);
    assert!(
        refused(&format!("{vars}\n{module}")).starts_with("line 5: excluded_users is set twice")
    );
}

#[test]
fn replace_leaves_the_notifiers_own_list_out() {
    let effect = "excluded_scoped_actions_effect";
    let replaced = hcl(&format!("{effect} = \"REPLACE\""));
    assert!(!replaced.config.contains("TerminateProvisionedProduct"));
    assert!(replaced.config.contains("REPLACE"));
    assert!(hcl(&format!("{effect} = \"APPEND\"")).config.contains("RetireGrant"));
    assert_eq!(
        refused(&format!("\n{effect} = \"append\"")),
        "line 2: excluded_scoped_actions_effect has to be APPEND or REPLACE"
    );
}

#[test]
fn secrets_are_not_printed() {
    let imported = hcl(r#"
        naming_prefix = "ours"
        webhooks_for_slack_notifications = { team-a = "https://hooks.slack.com/services/T0/B0/secret" }
        webhooks_for_msteams_notifications = { "b c" : "https://example.com/secret" }
    "#);
    let all = format!("{imported:?}");
    assert!(!all.contains("secret") && !all.contains("https://"), "{all}");
    assert!(imported.config.contains("/ours/webhooks-for-slack/team-a"), "{}", imported.config);
    assert!(imported.config.contains("'b c'"), "{}", imported.config);
}

#[test]
fn what_is_unclear_is_reported_and_said() {
    let imported = hcl(r#"
        included_accounts = ["111122223333", var.mine]
        included_users    = concat(["a@example.com"], local.more)
        excluded_accounts = ["2024", "111122223333"]
        excluded_scoped_actions = ["iot.amazonaws.com", "iot.amazonaws.com:A${x}"]
        excluded_usres = []
        lambda_runtime = "python3.11"
    "#);
    assert!(!imported.config.contains("match."), "{}", imported.config);
    assert!(imported.config.contains("account = \"111122223333\""));
    let left = imported.left.join("\n");
    for part in [
        "line 2: included_accounts: one value is an expression",
        "line 2: included_accounts: not one of its 2 values is taken",
        "line 3: included_users: its value is an expression",
        "line 4: excluded_accounts: '2024' is no account id",
        "line 5: excluded_scoped_actions: 'iot.amazonaws.com' is not written as service:Action",
        "line 5: excluded_scoped_actions: one value is an expression",
        "line 6: excluded_usres: no variable of the notifier; did you mean excluded_users?",
        "line 7: lambda_runtime: it is about how the notifier is deployed",
    ] {
        assert!(left.contains(part), "{part}\n{left}");
    }
}

#[test]
fn broken_files_name_the_line() {
    assert!(refused("a = 1\nexcluded_users = [\"x\"\nb = 2\n").starts_with("line 3, column 1: "));
    assert!(
        import("{\n\"excluded_users\": [}", true).unwrap_err().to_string().starts_with("line 2,")
    );
    assert_eq!(refused(""), "it sets none of the notifier's variables");
    assert_eq!(refused("colour = 1"), "it sets none of the notifier's variables");
    assert_eq!(
        refused("excluded_users = \"bob\""),
        "line 1: excluded_users has to be a list of texts"
    );
    assert_eq!(
        refused("\n\nexcluded_users = [[]]"),
        "line 3: excluded_users has to be a list of texts"
    );
    for deep in ["[", "(", "{a=", "!", "-", "\"${", "1+", "a?", "f("] {
        let text = format!("excluded_users = {}", deep.repeat(100_000));
        assert!(import(&text, false).is_err(), "{deep}");
    }
    assert!(import(&format!("{{\"a\":{}", "[".repeat(100_000)), true).is_err());
}

#[test]
fn hostile_names_stay_values() {
    let imported = hcl("excluded_users = [\"a\\\"\\n[[exclusion]]\\nname='x'\", \"*\"]\n\
         cloudtrail_bucket_name = \"b\\n[store]\\nat = 'x'\\u202e\"");
    assert_eq!(lines(&imported).iter().filter(|line| **line == "[[exclusion]]").count(), 1);
    assert!(!imported.config.contains("\n[store]") && !imported.config.contains('\u{202e}'));
    assert!(imported.config.contains(r#""\\*""#), "{}", imported.config);
}
