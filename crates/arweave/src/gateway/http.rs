//! Requests with bounds: time, retries, redirects, bytes.

use std::future::Future;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, redirect};
use url::Url;

use super::error::GatewayError;
use super::{BACKOFF_MAX, Limits, RATE_MIN};

const REDIRECTS_MAX: usize = 3;
const REASON_LEN_MAX: usize = 200;
/// An error text is cut off here, in bytes.
const ERROR_BODY_MAX: u64 = 4096;

#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    base: Url,
    limits: Limits,
}

/// A complete answer that is neither a server fault nor over the limit.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }

    pub(super) fn is_text(&self, text: &str) -> bool {
        self.body.trim_ascii() == text.as_bytes()
    }

    pub(super) fn unexpected(&self) -> GatewayError {
        let reason = self.text().chars().filter(|c| !c.is_control()).take(REASON_LEN_MAX).collect();
        GatewayError::Status { status: self.status, reason }
    }

    /// The body of a 200, or the fault that the status stands for.
    pub(super) fn ok(self) -> Result<Vec<u8>, GatewayError> {
        match self.status {
            200 => Ok(self.body),
            404 | 410 => Err(GatewayError::NotFound),
            _ => Err(self.unexpected()),
        }
    }

    /// As [`ok`](Self::ok), but an empty answer or a pending transaction means that the data is not there yet.
    pub(super) fn data(self) -> Result<Vec<u8>, GatewayError> {
        match self.status {
            202 | 204 => Err(GatewayError::NotFound),
            200 if self.body.is_empty() || self.is_text("Pending") => Err(GatewayError::NotFound),
            _ => self.ok(),
        }
    }
}

impl Http {
    pub(super) fn new(url: &str, limits: Limits) -> Result<Self, GatewayError> {
        let bad = || GatewayError::BadUrl(url.to_owned());
        let mut base = Url::parse(url).map_err(|_| bad())?;
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() || !base.has_host() {
            return Err(bad());
        }
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let client = Client::builder()
            .connect_timeout(limits.connect)
            .read_timeout(limits.stall)
            .redirect(stay_at_home(&base))
            .build()
            .map_err(GatewayError::Unreachable)?;
        Ok(Self { client, base, limits })
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("a base URL joined with a plain path is a URL")
    }

    /// GET with retries; at most `max` bytes of body.
    pub(super) async fn get(&self, path: &str, max: u64) -> Result<Reply, GatewayError> {
        self.retrying(|| self.once(self.client.get(self.url(path)), self.limits.timeout, max)).await
    }

    /// GET of large data: the time allowed grows with `max`.
    pub(super) async fn get_large(&self, path: &str, max: u64) -> Result<Reply, GatewayError> {
        let timeout = self.limits.timeout + Duration::from_secs(max / RATE_MIN);
        self.retrying(|| self.once(self.client.get(self.url(path)), timeout, max)).await
    }

    /// POST of JSON with retries: only for requests that may be repeated.
    pub(super) async fn post(&self, path: &str, body: &[u8], max: u64) -> Result<Reply, GatewayError> {
        let timeout = self.limits.timeout + Duration::from_secs(body.len() as u64 / RATE_MIN);
        self.retrying(|| {
            let request = self.client.post(self.url(path)).header("content-type", "application/json");
            self.once(request.body(body.to_vec()), timeout, max)
        })
        .await
    }

    async fn retrying<F>(&self, mut attempt: impl FnMut() -> F) -> Result<Reply, GatewayError>
    where
        F: Future<Output = Result<Reply, GatewayError>>,
    {
        let mut pause = self.limits.backoff;
        for _ in 0..self.limits.retries {
            match attempt().await {
                Err(error) if error.is_transient() => {
                    tracing::debug!(gateway = %self.base, %error, "trying again");
                    tokio::time::sleep(pause.min(BACKOFF_MAX)).await;
                    pause = pause.saturating_mul(2);
                }
                other => return other,
            }
        }
        attempt().await
    }

    async fn once(&self, request: RequestBuilder, timeout: Duration, max: u64) -> Result<Reply, GatewayError> {
        let response = request.timeout(timeout).send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let cut = if response.status().is_success() { Cut::Refuse(max) } else { Cut::Drop(ERROR_BODY_MAX) };
        let reply = Reply { status, body: read(response, cut).await? };
        let fault = reply.unexpected();
        if fault.is_transient() { Err(fault) } else { Ok(reply) }
    }
}

/// What happens with bytes over the limit.
#[derive(Clone, Copy)]
enum Cut {
    Refuse(u64),
    Drop(u64),
}

async fn read(mut response: Response, cut: Cut) -> Result<Vec<u8>, GatewayError> {
    let announced = response.content_length().unwrap_or(0);
    let limit = match cut {
        Cut::Refuse(limit) if announced > limit => return Err(GatewayError::TooLarge { limit }),
        Cut::Refuse(limit) | Cut::Drop(limit) => limit,
    };
    let mut body = Vec::with_capacity(usize::try_from(announced.min(limit)).unwrap_or(0));
    while let Some(piece) = response.chunk().await.map_err(unreachable)? {
        let room = limit.saturating_sub(body.len() as u64);
        if piece.len() as u64 <= room {
            body.extend_from_slice(&piece);
            continue;
        }
        if matches!(cut, Cut::Refuse(_)) {
            return Err(GatewayError::TooLarge { limit });
        }
        body.extend_from_slice(&piece[..usize::try_from(room).unwrap_or(0)]);
        break;
    }
    Ok(body)
}

fn unreachable(error: reqwest::Error) -> GatewayError {
    GatewayError::Unreachable(error.without_url())
}

/// Redirects only within the gateway: arweave.net sends data requests to a subdomain of itself.
fn stay_at_home(base: &Url) -> redirect::Policy {
    let base = base.clone();
    redirect::Policy::custom(move |attempt| {
        let home = base.host_str().unwrap_or_default();
        let host = attempt.url().host_str().unwrap_or_default();
        let same_door = attempt.url().scheme() == base.scheme()
            && attempt.url().port_or_known_default() == base.port_or_known_default();
        let inside = host == home || host.strip_suffix(home).is_some_and(|sub| sub.ends_with('.'));
        if attempt.previous().len() > REDIRECTS_MAX {
            attempt.error("too many redirects")
        } else if !(inside && same_door) {
            attempt.error("redirect away from the gateway")
        } else {
            attempt.follow()
        }
    })
}
