//! The whole line once more with S3 and SSM by moto, which somebody else wrote: `tests/moto.sh`
//! starts it and sets `CLICKOPS_MOTO` to its address. Without that there is nothing to test here.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder};
use tokio::runtime::Runtime;

use super::*;

/// S3 and SSM.
struct Moto {
    url: String,
    client: Client,
    runtime: Runtime,
}

impl Moto {
    /// The one that `CLICKOPS_MOTO` leads to, with empty buckets.
    fn from_environment() -> Option<Self> {
        let url = std::env::var("CLICKOPS_MOTO").ok()?;
        // A client wants one to be chosen, though none of this is encrypted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let moto = Self { url, client: Client::new(), runtime: Runtime::new().unwrap() };
        moto.sent(moto.request(Method::POST, "/moto-api/reset", "s3"));
        for bucket in [LOGS, STATE] {
            moto.sent(moto.request(Method::PUT, &format!("/{bucket}"), "s3").body(
                "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                 </CreateBucketConfiguration>",
            ));
        }
        Some(moto)
    }

    /// A request that looks signed: moto tells services and regions apart by that.
    fn request(&self, method: Method, path: &str, service: &str) -> RequestBuilder {
        let scope = format!("AKIDEXAMPLE/20261127/eu-west-1/{service}/aws4_request");
        self.client.request(method, format!("{}{path}", self.url)).header(
            "Authorization",
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"),
        )
    }

    fn sent(&self, request: RequestBuilder) -> Vec<u8> {
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let (status, bytes) = (answer.status(), answer.bytes().await.unwrap());
            assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&bytes));
            bytes.to_vec()
        })
    }

    /// Keeps a secret.
    fn keep(&self, name: &str, value: &str) {
        let body = json!({"Name": name, "Value": value, "Type": "SecureString"});
        self.sent(
            self.request(Method::POST, "/", "ssm")
                .header("X-Amz-Target", "AmazonSSM.PutParameter")
                .header("Content-Type", "application/x-amz-json-1.1")
                .body(body.to_string()),
        );
    }
}

impl Buckets for Moto {
    fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) {
        self.sent(self.request(Method::PUT, &format!("/{bucket}/{key}"), "s3").body(bytes));
    }

    fn all(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        let list = format!("/{bucket}?list-type=2");
        let listed = String::from_utf8(self.sent(self.request(Method::GET, &list, "s3"))).unwrap();
        assert!(listed.contains("<IsTruncated>false</IsTruncated>"), "{listed}");
        let keys = listed.split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap());
        let object = |key: &str| {
            let path = format!("/{bucket}/{key}");
            (key.to_owned(), self.sent(self.request(Method::GET, &path, "s3")))
        };
        keys.map(object).collect()
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SSM"].map(|name| (name, self.url.clone())).into()
    }
}

#[test]
fn each_change_is_told_once_with_s3_and_ssm_by_moto() {
    let Some(moto) = Moto::from_environment() else { return };
    let config = EVENTS.replace("env:HOOK", "ssm:/clickops/hook");
    assert_ne!(config, EVENTS);
    let cloud = Cloud::over(moto, &config);
    cloud.s3.keep("/clickops/hook", &cloud.hook.url());
    whole_line(&cloud);
}
