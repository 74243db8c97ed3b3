//! Asking the coordinator what it claims. Nothing it says changes a verdict; answers are bounded in time and size.

use everpay::info::InfoResponse;
use everpay::{AccountId, Amount, TokenTag};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A client of the coordinator's public API.
#[derive(Debug, Clone)]
pub(crate) struct CoordinatorClient {
    base: Url,
    http: reqwest::Client,
}

#[derive(Deserialize)]
struct Balances {
    balances: Vec<Balance>,
}

#[derive(Deserialize)]
struct Balance {
    tag: String,
    amount: Amount,
}

/// Why the coordinator gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CoordinatorFault {
    #[error("the coordinator does not answer: {0}")]
    Silent(#[from] reqwest::Error),
    #[error("the coordinator's answer is larger than {ANSWER_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the coordinator's answer cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("{0:?} is not an address of a coordinator")]
    Address(String),
}

impl CoordinatorClient {
    pub(crate) fn new(base: &str) -> Result<Self, CoordinatorFault> {
        let bad = || CoordinatorFault::Address(base.to_owned());
        let mut base = Url::parse(base).map_err(|_| bad())?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(6))
            .build()?;
        Ok(Self { base, http })
    }

    pub(crate) fn url(&self) -> &str {
        self.base.as_str()
    }

    pub(crate) async fn info(&self) -> Result<InfoResponse, CoordinatorFault> {
        Ok(serde_json::from_slice(&self.get("info").await?)?)
    }

    pub(crate) async fn balances(&self, id: &AccountId) -> Option<Vec<(TokenTag, Amount)>> {
        let bytes = self.get(&format!("balances/{id}")).await.ok()?;
        let answer: Balances = serde_json::from_slice(&bytes).ok()?;
        Some(answer.balances.into_iter().map(|b| (TokenTag::from_text(&b.tag), b.amount)).collect())
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, CoordinatorFault> {
        let url = self.base.join(path).map_err(|_| CoordinatorFault::Address(path.to_owned()))?;
        let mut response = self.http.get(url).send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(CoordinatorFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
