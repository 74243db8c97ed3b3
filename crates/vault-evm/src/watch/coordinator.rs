//! Posting a mint to the coordinator; what it answers is its word, and changes nothing but what is tried next.

use everpay::Transaction;
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

/// What became of a mint that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
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

/// A coordinator's API.
#[derive(Debug, Clone)]
pub(super) struct Coordinator {
    post: Url,
    http: reqwest::Client,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: String,
}

impl Coordinator {
    /// `None` for what is no http(s) URL.
    pub(super) fn new(base: &str) -> Option<Result<Self, reqwest::Error>> {
        let mut post = Url::parse(base).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        post.path_segments_mut().ok()?.pop_if_empty().push("tx");
        let client = reqwest::Client::builder().timeout(REQUEST).redirect(reqwest::redirect::Policy::none()).build();
        Some(client.map(|http| Self { post, http }))
    }

    pub(super) async fn post(&self, mint: &Transaction) -> Answer {
        let silent = |error: reqwest::Error| Answer::Silent(error.without_url().to_string());
        let request = self.http.post(self.post.clone()).header("content-type", "application/json");
        let answer = match request.body(mint.to_json()).send().await {
            Ok(answer) => answer,
            Err(error) => return silent(error),
        };
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(piece) if body.len() + piece.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&piece),
                Ok(_) => return Answer::Silent("its answer is too long".to_owned()),
                Err(error) => return silent(error),
            }
        }
        read(status, &body)
    }
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
    fn the_address_is_taken_with_and_without_a_slash() {
        let post = |base: &str| Coordinator::new(base).and_then(Result::ok).map(|c| c.post.to_string());
        assert_eq!(post("http://a:1"), Some("http://a:1/tx".to_owned()));
        assert_eq!(post("https://a/b/"), Some("https://a/b/tx".to_owned()));
        assert_eq!(post("ftp://a"), None);
        assert_eq!(post("nothing"), None);
    }
}
