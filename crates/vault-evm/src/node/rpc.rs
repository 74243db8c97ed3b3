//! JSON-RPC over HTTP: one question, one answer, bounded in time and size.

use super::NodeError;
use futures::StreamExt;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};
use std::fmt;
use std::time::Duration;
use url::Url;

/// Bounds of one question.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest wait for the whole answer.
    pub timeout: Duration,
    /// Most bytes of an answer.
    pub bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), bytes_max: 16 * 1024 * 1024 }
    }
}

/// Most characters of a node's own words that are kept.
const WORDS_MAX: usize = 200;
/// Shorter parts of a URL are words like `v2`, no keys.
const SECRET_MIN: usize = 6;

/// A JSON-RPC endpoint.
#[derive(Clone)]
pub(super) struct Rpc {
    http: reqwest::Client,
    url: Url,
    name: String,
    limits: Limits,
}

/// A JSON-RPC answer. A result of `null` is an answer ("there is none"), a missing one is not.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl Rpc {
    pub(super) fn new(url: &str, limits: Limits) -> Result<Self, NodeError> {
        let url = Url::parse(url).map_err(|_| NodeError::Url)?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or(NodeError::Url)?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let name = format!("{}://{host}{port}", url.scheme());
        let http = reqwest::Client::builder()
            .timeout(limits.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(silent)?;
        Ok(Self { http, url, name, limits })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.url == other.url
    }

    pub(super) async fn request<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, NodeError> {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.http.post(self.url.clone()).json(&question).send().await.map_err(silent)?;
        let status = answer.status();
        let body = self.body(answer).await?;
        let parsed = serde_json::from_slice::<Answer<'_>>(&body);
        match parsed {
            Ok(Answer { error: Some(refusal), .. }) => Err(self.refused(method, refusal)),
            _ if !status.is_success() => Err(NodeError::Status(status.as_u16())),
            Ok(Answer { result: Some(result), .. }) => serde_json::from_str(result.get())
                .map_err(|source| NodeError::Malformed { method, source: Some(source) }),
            Ok(_) => Err(NodeError::Malformed { method, source: None }),
            Err(source) => Err(NodeError::Malformed { method, source: Some(source) }),
        }
    }

    async fn body(&self, answer: reqwest::Response) -> Result<Vec<u8>, NodeError> {
        let mut body = Vec::new();
        let mut stream = answer.bytes_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(silent)?;
            if body.len() + piece.len() > self.limits.bytes_max {
                return Err(NodeError::TooLong(self.limits.bytes_max));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// A node may repeat its own address, key and all, in what it says.
    fn refused(&self, method: &'static str, refusal: Refusal) -> NodeError {
        let mut message: String = refusal.message.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect();
        for secret in self.secrets().filter(|secret| secret.len() >= SECRET_MIN) {
            message = message.replace(secret, "…");
        }
        NodeError::Refused { method, code: refusal.code, message }
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        let path = self.url.path_segments().into_iter().flatten();
        path.chain(self.url.query()).chain(self.url.password()).chain([self.url.username()])
    }
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rpc").field("name", &self.name).field("limits", &self.limits).finish_non_exhaustive()
    }
}

fn silent(error: reqwest::Error) -> NodeError {
    NodeError::Transport(error.without_url())
}
