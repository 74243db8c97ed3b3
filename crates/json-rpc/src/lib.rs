//! JSON-RPC over HTTP: one question, one answer, bounded in time and size.
//!
//! Where it stands: `vault-evm` and `vault-bitcoin` ask nodes of their chains through it. What always holds: the URL may hold
//! a key, so only [`Rpc::name`] is ever shown; a node's own words are shortened, and what of the URL or the password they
//! repeat is left out; no redirect is followed. What it does not do: repeat a failed question, or judge an answer.
//! Source: the JSON-RPC 2.0 specification, and what nodes make of it (an error beside any HTTP status).

mod error;

pub use error::RpcError;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::StreamExt;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};
use tokio::io::AsyncReadExt;
use url::Url;
use zeroize::Zeroizing;

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
/// Most bytes of a password file.
const PASSWORD_FILE_MAX: u64 = 1024;

/// A JSON-RPC endpoint. Cloning shares the connection.
#[derive(Clone)]
pub struct Rpc {
    http: reqwest::Client,
    url: Url,
    name: String,
    password_file: Option<PathBuf>,
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
    /// The endpoint at `url`. Nothing is asked yet.
    ///
    /// # Errors
    /// [`RpcError::Url`], or no HTTP client can be made.
    pub fn new(url: &str, limits: Limits) -> Result<Self, RpcError> {
        let url = Url::parse(url).map_err(|_| RpcError::Url)?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or(RpcError::Url)?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let name = format!("{}://{host}{port}", url.scheme());
        let http = reqwest::Client::builder()
            .timeout(limits.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(silent)?;
        Ok(Self { http, url, name, password_file: None, limits })
    }

    /// The same endpoint, asked with the name and the password that stand in a file as `name:password`. The file is read for
    /// each question, because nodes write a new one at each start.
    #[must_use]
    pub fn with_password_file(self, path: &Path) -> Self {
        Self { password_file: Some(path.to_owned()), ..self }
    }

    /// Scheme, host and port: all of its URL that may be shown.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether both are the same endpoint.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.url == other.url
    }

    /// Asks, and waits as long as the limits say.
    ///
    /// # Errors
    /// No answer that counts.
    pub async fn request<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T, RpcError> {
        self.request_within(self.limits.timeout, method, params).await
    }

    /// Asks what takes a node longer than most questions.
    ///
    /// # Errors
    /// No answer that counts.
    pub async fn request_within<T: DeserializeOwned>(
        &self,
        timeout: Duration,
        method: &'static str,
        params: Value,
    ) -> Result<T, RpcError> {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let password = self.password().await?;
        let password = password.as_ref().map(|line| line.as_str());
        let mut request = self.http.post(self.url.clone()).timeout(timeout).json(&question);
        if let Some((name, word)) = password.map(|line| line.split_once(':').unwrap_or((line, ""))) {
            request = request.basic_auth(name, Some(word));
        }
        let answer = request.send().await.map_err(silent)?;
        let status = answer.status();
        let body = self.body(answer).await?;
        let parsed = serde_json::from_slice::<Answer<'_>>(&body);
        match parsed {
            Ok(Answer { error: Some(refusal), .. }) => Err(self.refused(method, &refusal, password)),
            _ if !status.is_success() => Err(RpcError::Status(status.as_u16())),
            Ok(Answer { result: Some(result), .. }) => serde_json::from_str(result.get())
                .map_err(|source| RpcError::Malformed { method, source: Some(source) }),
            Ok(_) => Err(RpcError::Malformed { method, source: None }),
            Err(source) => Err(RpcError::Malformed { method, source: Some(source) }),
        }
    }

    async fn password(&self) -> Result<Option<Zeroizing<String>>, RpcError> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let read = async {
            let mut text = Zeroizing::new(String::new());
            tokio::fs::File::open(path).await?.take(PASSWORD_FILE_MAX).read_to_string(&mut text).await?;
            let end = text.trim_end().len();
            text.truncate(end);
            Ok(text)
        };
        read.await.map(Some).map_err(|source| RpcError::PasswordFile { path: path.clone(), source })
    }

    async fn body(&self, answer: reqwest::Response) -> Result<Vec<u8>, RpcError> {
        let mut body = Vec::new();
        let mut stream = answer.bytes_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(silent)?;
            if body.len() + piece.len() > self.limits.bytes_max {
                return Err(RpcError::TooLong(self.limits.bytes_max));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// A node may repeat its own address, key and all, in what it says.
    fn refused(&self, method: &'static str, refusal: &Refusal, password: Option<&str>) -> RpcError {
        let mut message: String = refusal.message.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect();
        let words = password.into_iter().flat_map(|line| line.split(':'));
        for secret in self.secrets().chain(words).filter(|secret| secret.len() >= SECRET_MIN) {
            message = message.replace(secret, "…");
        }
        RpcError::Refused { method, code: refusal.code, message }
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

fn silent(error: reqwest::Error) -> RpcError {
    RpcError::Transport(error.without_url())
}
