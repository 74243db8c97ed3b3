//! A coordinator's public API, as far as the devnet's activity and the tests use it from Rust.

use std::time::Duration;

use everpay::Transaction;
use serde_json::Value;

use crate::error::Fault;
use crate::http;

const REQUEST: Duration = Duration::from_secs(15);

/// One coordinator.
#[derive(Debug, Clone)]
pub struct Api {
    url: String,
    http: reqwest::Client,
}

/// Why a transaction was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum NotPosted {
    /// The coordinator refused it.
    #[error("refused with {code} (HTTP {status})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The protocol's code.
        code: String,
    },
    /// No answer, or none that can be read: it may have been accepted all the same.
    #[error("no answer: {0}")]
    Unknown(String),
}

impl Api {
    /// The coordinator at `url`.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(url: impl Into<String>) -> Result<Self, Fault> {
        Ok(Self { url: url.into(), http: http::client(REQUEST)? })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Posts a transaction; `Ok` is its acknowledgement.
    ///
    /// # Errors
    /// See [`NotPosted`].
    pub async fn post(&self, transaction: &Transaction) -> Result<(), NotPosted> {
        let unknown = |fault: reqwest::Error| NotPosted::Unknown(fault.to_string());
        let request = self.http.post(format!("{}/tx", self.url)).header("content-type", "application/json");
        let answer = request.body(transaction.to_json()).send().await.map_err(unknown)?;
        let status = answer.status();
        let body: Value = answer.json().await.map_err(unknown)?;
        match (status.is_success(), body["error"].as_str()) {
            (true, None) if body["status"] == "ok" => Ok(()),
            (false, Some(code)) => Err(NotPosted::Refused { status: status.as_u16(), code: code.to_owned() }),
            _ => Err(NotPosted::Unknown(format!("HTTP {status} with {body}"))),
        }
    }

    /// Asks for `path` (with a leading slash); the JSON of a successful answer.
    ///
    /// # Errors
    /// No answer, or one without success.
    pub async fn get(&self, path: &str) -> Result<Value, Fault> {
        let ask = async {
            let answer = self.http.get(format!("{}{path}", self.url)).send().await?.error_for_status()?;
            answer.json().await
        };
        ask.await.map_err(|fault: reqwest::Error| Fault::service("coordinator")(fault.to_string()))
    }

    /// The balance of an account in base units.
    ///
    /// # Errors
    /// No answer, or none with a balance.
    pub async fn balance(&self, tag: &str, account: &str) -> Result<u128, Fault> {
        let body = self.get(&format!("/balance/{tag}/{account}")).await?;
        let amount = body["balance"]["amount"].as_str().and_then(|amount| amount.parse().ok());
        amount.ok_or_else(|| Fault::service("coordinator")(format!("a balance without an amount: {body}")))
    }
}
