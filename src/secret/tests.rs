use super::*;

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> Reference {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Reference::File(path)
}

#[test]
fn a_secret_never_prints() {
    #[derive(Debug, Serialize)]
    struct Holder {
        inner: Option<Secret>,
    }
    let secret = Secret::new("hush");
    let holder = Holder { inner: Some(secret.clone()) };
    let printed = [
        format!("{secret} {secret:?} {secret:#?} {holder:#?}"),
        serde_json::to_string(&holder).unwrap(),
        format!("{:?}", Found { secret: secret.clone(), note: None }),
    ];
    for text in printed {
        assert!(text.contains(HIDDEN) && !text.contains("hush"), "{text}");
    }
    assert_eq!(secret.expose(), "hush");
}

#[tokio::test]
async fn a_file_holds_the_value_alone() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(&folder, "good", b"  hush\r\n");
    let secrets = Secrets::new([]);
    assert_eq!(secrets.get(&good).await.unwrap().secret.expose(), "hush");

    for (name, bytes, reason) in [
        ("empty", b" \n".to_vec(), "it is empty"),
        ("new", b"REPLACE_ME with the address\n".to_vec(), "still holds the placeholder"),
        ("binary", b"hush\xff".to_vec(), "it is no UTF-8"),
        ("long", b"hush ".repeat(20_000), "it is longer than"),
    ] {
        let reference = file(&folder, name, &bytes);
        let error = secrets.get(&reference).await.unwrap_err();
        assert_eq!(error.reference, reference);
        assert!(error.reason.contains(reason), "{error}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hush") && !text.contains("with the address"), "{text}");
        assert!(error.remedy.contains(&folder.path().display().to_string()), "{}", error.remedy);
    }
    let missing = Reference::File(folder.path().join("missing"));
    let error = secrets.get(&missing).await.unwrap_err();
    assert!(error.remedy.starts_with("check the path"), "{error:?}");
}

#[tokio::test]
async fn a_variable_that_is_not_there_is_named() {
    let error = Secrets::new([]).get(&Reference::Env("CLICKOPS_NO_SUCH".to_owned())).await;
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot use the secret env:CLICKOPS_NO_SUCH: there is no such variable"
    );
    assert_eq!(error.remedy, "set CLICKOPS_NO_SUCH where clickops runs");
}

#[tokio::test]
async fn a_value_is_kept_until_told_to_forget_it() {
    let folder = tempfile::tempdir().unwrap();
    let reference = file(&folder, "value", b"one");
    let secrets = Secrets::new([reference.clone()]);
    let value = async || secrets.get(&reference).await.unwrap().secret.expose().to_owned();
    assert_eq!(value().await, "one");
    file(&folder, "value", b"two");
    assert_eq!(value().await, "one");
    let all = secrets.all().await;
    assert_eq!(all[&reference].as_ref().unwrap().secret.expose(), "two");
    secrets.forget().await;
    assert_eq!(value().await, "two");
}
