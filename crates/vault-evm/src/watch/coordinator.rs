//! Posting a transaction to the coordinator, and asking for it again; what it answers is its word.
//!
//! What always holds: answers are bounded in time and size, no redirect is followed, no fault names the address. A record is
//! believed to be of a transaction only when it hashes to the name it was asked by.

use everpay::{EverHash, Transaction};
use futures::StreamExt;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// A coordinator asks its own nodes before it answers; it takes up to 20 s for that.
const REQUEST: Duration = Duration::from_secs(30);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Characters of a code that are kept.
const CODE_MAX: usize = 64;

/// What became of a transaction that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is acknowledged.
    Accepted,
    /// The deposit was minted before.
    Minted,
    /// Not now; the same deposit may be accepted later. With the protocol's code.
    Later(String),
    /// A rule is broken. With the protocol's code.
    Refused(String),
    /// No answer, or none that can be read: it may have been accepted all the same.
    Silent(String),
}

/// What a coordinator says became of a transaction that it accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Arweave id of its batch, once that is mined.
    pub batch: Option<String>,
    /// Hash of the transaction that paid a burn, `0x` hex.
    pub payment: Option<String>,
}

/// Why a coordinator's record is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// No answer, or none that can be read.
    #[error("the coordinator gives no readable answer: {0}")]
    Silent(String),
    /// It answers with another transaction.
    #[error("the coordinator answers with another transaction")]
    Other,
}

/// A coordinator's API.
#[derive(Debug, Clone)]
pub struct Coordinator {
    tx: Url,
    http: reqwest::Client,
}

/// The part of a record that is read beside the transaction itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extra {
    #[serde(default)]
    id: String,
    #[serde(default)]
    target_chain_tx_hash: String,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: String,
}

impl Coordinator {
    /// The API below `base`. `None` for what is no http(s) URL.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn new(base: &str) -> Option<Result<Self, reqwest::Error>> {
        let mut tx = Url::parse(base).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        tx.path_segments_mut().ok()?.pop_if_empty().push("tx");
        let client = reqwest::Client::builder().timeout(REQUEST).redirect(reqwest::redirect::Policy::none()).build();
        Some(client.map(|http| Self { tx, http }))
    }

    /// Hands a signed transaction in.
    pub async fn post(&self, transaction: &Transaction) -> Answer {
        let request = self.http.post(self.tx.clone()).header("content-type", "application/json");
        match answer(request.body(transaction.to_json())).await {
            Ok((status, body)) => read(status, &body),
            Err(why) => Answer::Silent(why),
        }
    }

    /// What it says of the transaction of this name; `None` when it knows none.
    ///
    /// # Errors
    /// [`RecordFault`].
    pub async fn record(&self, hash: &EverHash) -> Result<Option<Record>, RecordFault> {
        let mut url = self.tx.clone();
        let segments = url.path_segments_mut();
        segments.map_err(|()| RecordFault::Silent("its address takes no path".to_owned()))?.push(&hash.to_string());
        let (status, body) = answer(self.http.get(url)).await.map_err(RecordFault::Silent)?;
        match status {
            404 => Ok(None),
            200 => record(hash, &body).map(Some),
            _ => Err(RecordFault::Silent(format!("HTTP status {status}"))),
        }
    }
}

/// Status and bounded body of an answer, or why there is none.
async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, Vec<u8>), String> {
    let silent = |error: reqwest::Error| error.without_url().to_string();
    let answer = request.send().await.map_err(silent)?;
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(silent)?;
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err("its answer is too long".to_owned());
        }
        body.extend_from_slice(&piece);
    }
    Ok((status, body))
}

fn record(hash: &EverHash, body: &[u8]) -> Result<Record, RecordFault> {
    let unreadable = |_| RecordFault::Silent("no record of a transaction".to_owned());
    let tx = Transaction::from_json(body).map_err(|_| RecordFault::Silent("no transaction".to_owned()))?;
    if tx.ever_hash() != *hash {
        return Err(RecordFault::Other);
    }
    let extra: Extra = serde_json::from_slice(body).map_err(unreadable)?;
    let payment = crypto::hexs::decode_array::<32>(&extra.target_chain_tx_hash).ok();
    Ok(Record {
        batch: Some(extra.id).filter(|id| crypto::b64::decode(id).is_ok_and(|id| id.len() == 32)),
        payment: payment.map(|hash| crypto::hexs::encode0x(&hash)),
    })
}

fn read(status: u16, body: &[u8]) -> Answer {
    let Ok(Body { status: word, error }) = serde_json::from_slice(body) else {
        return Answer::Silent(format!("HTTP status {status} with an answer that cannot be read"));
    };
    let code: String = error.chars().filter(|c| c.is_ascii_graphic()).take(CODE_MAX).collect();
    match (status, code.as_str()) {
        (200..=299, "") if word == "ok" => Answer::Accepted,
        (200..=299, _) | (_, "") => Answer::Silent(format!("HTTP status {status} without a word")),
        (_, "err_tx_minted") => Answer::Minted,
        // Its nodes are behind ours, or its clock is; or an earlier try arrived after a later one.
        (_, "err_mint_not_confirmed" | "err_not_found" | "err_invalid_nonce" | "err_nonce_too_low") => {
            Answer::Later(code)
        }
        (429 | 500.., _) => Answer::Later(code),
        _ => Answer::Refused(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let text = |code: &str| format!("{{\"error\":\"{code}\"}}");
        assert_eq!(read(200, b"{\"status\":\"ok\"}"), Answer::Accepted);
        assert_eq!(read(400, text("err_tx_minted").as_bytes()), Answer::Minted);
        for (status, code) in
            [(400, "err_mint_not_confirmed"), (404, "err_not_found"), (503, "err_timed_out"), (429, "e")]
        {
            assert_eq!(read(status, text(code).as_bytes()), Answer::Later(code.to_owned()));
        }
        assert_eq!(
            read(400, text("err_invalid_mint_tx").as_bytes()),
            Answer::Refused("err_invalid_mint_tx".to_owned())
        );
        for (status, body) in [(200, "{}"), (200, "{\"error\":\"e\"}"), (502, "<html>"), (400, "{}"), (301, "{}")] {
            assert!(matches!(read(status, body.as_bytes()), Answer::Silent(_)), "{status} {body}");
        }
    }

    #[test]
    fn a_record_is_of_the_transaction_that_was_asked_for() {
        let tx = Transaction { action: "burn".to_owned(), nonce: "7".to_owned(), ..Transaction::default() };
        let body = |payment: &str| {
            let mut body: serde_json::Value = serde_json::from_str(&tx.to_json()).expect("JSON");
            body["nonce"] = 7.into();
            body["id"] = "".into();
            body["targetChainTxHash"] = payment.into();
            body.to_string()
        };
        let paid = format!("0x{}", "a".repeat(64));
        let known = record(&tx.ever_hash(), body(&paid).as_bytes());
        assert_eq!(known, Ok(Record { batch: None, payment: Some(paid) }));
        let other = record(&tx.ever_hash(), body("nonsense").as_bytes());
        assert_eq!(other, Ok(Record { batch: None, payment: None }));
        assert_eq!(record(&EverHash::new([7; 32]), body("").as_bytes()), Err(RecordFault::Other));
        assert!(matches!(record(&tx.ever_hash(), b"[]"), Err(RecordFault::Silent(_))));
    }

    #[test]
    fn the_address_is_taken_with_and_without_a_slash() {
        let post = |base: &str| Coordinator::new(base).and_then(Result::ok).map(|c| c.tx.to_string());
        assert_eq!(post("http://a:1"), Some("http://a:1/tx".to_owned()));
        assert_eq!(post("https://a/b/"), Some("https://a/b/tx".to_owned()));
        assert_eq!(post("ftp://a"), None);
        assert_eq!(post("nothing"), None);
    }
}
