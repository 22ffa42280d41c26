//! Secrets in SSM, against its stand-in.

use std::sync::Arc;

use clickops::aws::ssm::Ssm as Client;
use clickops::secret::{Reference, Secrets};

use crate::standin;
use crate::standin::ssm::{Fault, Lock, Ssm};

fn reference(name: &str) -> Reference {
    Reference::Ssm(name.to_owned())
}

fn secrets(service: &Ssm, names: &[&str]) -> Secrets {
    let known = names.iter().map(|name| reference(name));
    Secrets::new(known).with_ssm(Arc::new(Client::new(standin::access(&service.url()))))
}

async fn value(secrets: &Secrets, name: &str) -> String {
    secrets.get(&reference(name)).await.unwrap().secret.expose().to_owned()
}

/// Why a secret cannot be had, and what to do.
async fn trouble(secrets: &Secrets, name: &str) -> (String, String) {
    let error = secrets.get(&reference(name)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("cannot use the secret ssm:{name}: ")), "{text}");
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    (error.reason, error.remedy)
}

#[tokio::test]
async fn ten_come_with_one_request_and_are_kept() {
    let service = Ssm::start();
    let names: Vec<_> = (0..11).map(|number| format!("/clickops/{number:02}")).collect();
    for name in &names {
        service.put(name, &format!("hush {name}\n"));
    }
    let secrets = secrets(&service, &names.iter().map(String::as_str).collect::<Vec<_>>());
    for name in names.iter().rev() {
        assert_eq!(value(&secrets, name).await, format!("hush {name}"));
    }
    let lengths = |requests: Vec<Vec<String>>| requests.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(service.requests()), [10, 1]);
    service.put(&names[0], "hush anew");
    assert_eq!(value(&secrets, &names[0]).await, "hush /clickops/00");
    secrets.forget().await;
    assert_eq!(value(&secrets, &names[0]).await, "hush anew");
    assert_eq!(lengths(service.requests()), [10, 1]);
}

#[tokio::test]
async fn a_version_a_label_and_an_arn_are_names_too() {
    let service = Ssm::start();
    for value in ["hush 1", "hush 2", "hush 3"] {
        service.put("/a/b", value);
        service.put("c", value);
    }
    service.label("/a/b", "live", 2);
    let arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b";
    let names = ["/a/b", "/a/b:1", "/a/b:live", arn, &format!("{arn}:1"), "c", "c:2"];
    let secrets = secrets(&service, &names);
    let expected = ["hush 3", "hush 1", "hush 2", "hush 3", "hush 1", "hush 3", "hush 2"];
    for (name, expected) in names.into_iter().zip(expected) {
        assert_eq!(value(&secrets, name).await, expected, "{name}");
    }
    for name in ["/a/b:4", "/a/b:dead", "/a/c"] {
        let (reason, remedy) = trouble(&secrets, name).await;
        assert_eq!(reason, "there is no such parameter");
        assert!(remedy.contains("put-parameter --type SecureString"), "{remedy}");
    }
}

#[tokio::test]
async fn one_that_cannot_be_had_keeps_no_other_back() {
    let service = Ssm::start();
    for name in ["/good", "/bad", "/other"] {
        service.put(name, "hush");
    }
    let secrets = secrets(&service, &["/bad", "/good", "/other"]);
    for (lock, said, todo) in [
        (Lock::Policy, "AWS does not allow it", "ssm:GetParameters"),
        (Lock::Key, "it cannot be decrypted", "kms:Decrypt"),
        (Lock::NoKey, "it cannot be decrypted", "kms:Decrypt"),
    ] {
        service.lock("/bad", Some(lock));
        secrets.forget().await;
        assert_eq!(value(&secrets, "/good").await, "hush");
        let (reason, remedy) = trouble(&secrets, "/bad").await;
        assert!(reason.starts_with(said) && remedy.contains(todo), "{reason} {remedy}");
    }
    service.lock("/bad", None);
    assert_eq!(value(&secrets, "/bad").await, "hush");

    service.remove("/bad");
    secrets.forget().await;
    assert_eq!(value(&secrets, "/good").await, "hush");
    assert_eq!(trouble(&secrets, "/bad").await.0, "there is no such parameter");
    let all = secrets.all().await;
    let good: Vec<_> = all.iter().filter(|(_, one)| one.is_ok()).map(|(name, _)| name).collect();
    assert_eq!(good, [&reference("/good"), &reference("/other")]);
}

#[tokio::test]
async fn what_nobody_has_filled_in_is_no_secret() {
    let service = Ssm::start();
    for (value, said) in [
        ("REPLACE_ME", "it still holds the placeholder, REPLACE_ME"),
        ("REPLACE_ME_BY_HAND", "it still holds the placeholder, REPLACE_ME"),
        (" ", "it is empty"),
    ] {
        service.put("/a", value);
        let (reason, remedy) = trouble(&secrets(&service, &[]), "/a").await;
        assert_eq!(reason, said);
        assert!(remedy.contains("put-parameter --overwrite"), "{remedy}");
        assert!(remedy.contains("--name /a "), "{remedy}");
    }
}

#[tokio::test]
async fn one_that_is_kept_as_plain_text_is_told_once() {
    let service = Ssm::start();
    service.put_kind("/open", "hush", "String");
    service.put("/secure", "hush");
    let secrets = secrets(&service, &["/open", "/secure"]);
    assert_eq!(secrets.get(&reference("/secure")).await.unwrap().note, None);
    let note = secrets.get(&reference("/open")).await.unwrap().note.unwrap();
    assert!(note.starts_with("ssm:/open is kept as plain text"), "{note}");
    assert_eq!(secrets.get(&reference("/open")).await.unwrap().note, None);
}

#[tokio::test]
async fn what_passes_is_asked_again_and_what_lasts_is_told() {
    let service = Ssm::start();
    service.put("/a", "hush");
    let secrets = secrets(&service, &["/a"]);
    service.fail(&[Fault::Throttled, Fault::Server, Fault::Hangup]);
    assert_eq!(value(&secrets, "/a").await, "hush");
    for (fault, times, said, todo) in [
        (Fault::Throttled, 4, "SSM takes no more requests for now", "run again later"),
        (Fault::Server, 4, "SSM cannot be reached", "run again"),
        (Fault::Silence, 4, "SSM cannot be reached", "run again"),
        (Fault::Expired, 1, "AWS does not accept the credentials", "log in again"),
    ] {
        secrets.forget().await;
        service.requests();
        service.fail(&vec![fault; times]);
        let (reason, remedy) = trouble(&secrets, "/a").await;
        assert!(reason.starts_with(said) && remedy.starts_with(todo), "{reason} {remedy}");
        assert_eq!(service.requests().len(), times, "{fault:?}");
        assert_eq!(value(&secrets, "/a").await, "hush");
    }
}
