//! The unmodified everPay SDK, driven through `tests/sdk/driver.mjs`.

use std::process::Stdio;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Whose wallet signs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SdkKey {
    /// An EVM private key, `0x` hex.
    Evm(String),
    /// An Arweave key.
    Jwk(Value),
}

/// One call of a method of the SDK.
#[derive(Debug, Clone, Serialize)]
pub struct SdkCall {
    key: Option<SdkKey>,
    method: &'static str,
    params: Value,
}

impl SdkCall {
    /// A call that needs no key.
    #[must_use]
    pub fn new(method: &'static str, params: Value) -> Self {
        Self { key: None, method, params }
    }

    /// The same call by the owner of `key`.
    #[must_use]
    pub fn by(mut self, key: &SdkKey) -> Self {
        self.key = Some(key.clone());
        self
    }
}

/// Makes the calls in order, in one new process, against the server at `host`.
pub async fn sdk(host: &str, calls: &[SdkCall]) -> Vec<Result<Value, String>> {
    run(&json!({ "host": host, "calls": calls }), calls.len()).await
}

/// The same with wallets that are connected to the Ethereum node at `rpc`.
pub async fn sdk_on(host: &str, rpc: &str, calls: &[SdkCall]) -> Vec<Result<Value, String>> {
    run(&json!({ "host": host, "rpc": rpc, "calls": calls }), calls.len()).await
}

async fn run(input: &Value, calls: usize) -> Vec<Result<Value, String>> {
    let mut child = Command::new("node")
        .arg(crate::repository().join("tests/sdk/driver.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = crate::within(Duration::from_secs(120), "the SDK answers", child.wait_with_output()).await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let results: Vec<Value> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|fault| panic!("the SDK driver failed: {fault}: {error}"));
    assert_eq!(results.len(), calls);
    results
        .into_iter()
        .map(|mut result| match result["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(result["ok"].take()),
        })
        .collect()
}
