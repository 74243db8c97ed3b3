//! The HTTP client of this crate: loopback only, so no proxy, and no request without an end.

use std::time::Duration;

use crate::error::Fault;

pub(crate) fn client(limit: Duration) -> Result<reqwest::Client, Fault> {
    reqwest::Client::builder()
        .timeout(limit)
        .no_proxy()
        .build()
        .map_err(|fault| Fault::service("HTTP client")(fault.to_string()))
}
