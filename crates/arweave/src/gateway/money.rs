//! Prices, balances, anchors, and handing in transactions.

use super::Gateway;
use super::chain::Status;
use super::error::GatewayError;
use super::http::Reply;
use crate::ids::{Address, Winston};
use crate::tags::EMPTY_SPELLED;
use crate::tx::Transaction;

/// What became of a transaction handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// The gateway took it.
    Accepted,
    /// It had it before.
    AlreadyKnown,
}

impl Gateway {
    /// Price of storing `bytes`, with a transfer to `target` if given.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn price(&self, bytes: u64, target: Option<&Address>) -> Result<Winston, GatewayError> {
        let path = match target {
            None => format!("price/{bytes}"),
            Some(target) => format!("price/{bytes}/{target}"),
        };
        self.winston(&path, "price").await
    }

    /// Balance of a wallet.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn balance(&self, wallet: &Address) -> Result<Winston, GatewayError> {
        self.winston(&format!("wallet/{wallet}/balance"), "balance").await
    }

    /// A fresh anchor for [`Transaction::last_tx`]; empty on a chain without blocks.
    ///
    /// # Errors
    /// [`GatewayError::Malformed`] if it is not base64url.
    pub async fn anchor(&self) -> Result<Vec<u8>, GatewayError> {
        let reply = self.http.get("tx_anchor", self.http.limits().max_header).await?;
        if reply.status == 204 {
            return Ok(Vec::new());
        }
        let text = String::from_utf8(reply.ok()?).map_err(|error| GatewayError::malformed("anchor", error))?;
        crypto::b64::decode(text.trim()).map_err(|error| GatewayError::malformed("anchor", error))
    }

    /// Hands in a signed transaction with its data. May be repeated: the network knows it by its id.
    ///
    /// # Errors
    /// [`GatewayError::Forged`] without asking if the transaction does not verify, [`GatewayError::Status`] with
    /// the gateway's reason if it refuses.
    pub async fn post(&self, tx: &Transaction) -> Result<Posted, GatewayError> {
        tx.verify().map_err(|error| GatewayError::forged(tx.id, error))?;
        let body = tx.to_json();
        let mut reply = self.hand_in(&body).await?;
        if reply.status == 400 && tx.tags.iter().any(|tag| tag.value.is_empty()) {
            // arlocal refuses the empty text as a tag value; one character decodes to no bytes as well.
            reply = self.hand_in(&spell_empty_values(&body)).await?;
        }
        match reply.status {
            200 | 202 => Ok(Posted::Accepted),
            208 => Ok(Posted::AlreadyKnown),
            // arlocal answers the second copy with 404, others with 400: ask whether it is there.
            400 | 404 if self.status(&tx.id).await? != Status::NotFound => Ok(Posted::AlreadyKnown),
            _ => Err(reply.unexpected()),
        }
    }

    async fn hand_in(&self, body: &[u8]) -> Result<Reply, GatewayError> {
        // arlocal answers with the whole transaction.
        self.http.post("tx", body, body.len() as u64 + self.http.limits().max_header).await
    }

    async fn winston(&self, path: &str, what: &'static str) -> Result<Winston, GatewayError> {
        let reply = self.http.get(path, self.http.limits().max_header).await?;
        let text = String::from_utf8(reply.ok()?).map_err(|error| GatewayError::malformed(what, error))?;
        text.trim().parse().map_err(|error: std::num::ParseIntError| GatewayError::malformed(what, error))
    }
}

/// Writes empty tag values the other way. Only tags have a member `value` in our own JSON.
fn spell_empty_values(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    text.replace(r#""value":"""#, &format!(r#""value":"{EMPTY_SPELLED}""#)).into_bytes()
}
