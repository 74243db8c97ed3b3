//! A client for one Arweave gateway or node that takes nothing on trust.
//!
//! What always holds: a header it returns is the one asked for and carries its owner's signature; data it
//! returns hash to the header's root; every request ends within its bounds (time, retries, bytes).
//! What nobody can check from one gateway alone: whether a transaction is in a block, how high the chain is,
//! what a wallet's last transaction is, balances and prices. Ask several gateways where it matters.
//! An index answer ([`Gateway::hint`]) is a hint for prefetching, never a fact.
//! Works with arweave.net, plain nodes and arlocal; the differences are settled here and noted where they are.

mod chain;
mod error;
mod hints;
mod http;
mod money;

use std::time::Duration;

use url::Url;

pub use chain::{NetworkInfo, Status};
pub use error::GatewayError;
pub use hints::{HintPage, HintQuery};
pub use money::Posted;

use crate::ids::ArweaveId;
use crate::tx::VerifiedHeader;

/// Bounds of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest time for one request without a large body, all of it; large bodies get a second more per
    /// [`RATE_MIN`] bytes announced by the verified header.
    pub timeout: Duration,
    /// Longest silence within a body.
    pub stall: Duration,
    /// Further tries after a transient fault.
    pub retries: u32,
    /// Pause before the first further try; doubles each time, at most [`BACKOFF_MAX`].
    pub backoff: Duration,
    /// Largest data accepted, in bytes.
    pub max_body: u64,
    /// Largest header or small answer accepted, in bytes.
    pub max_header: u64,
}

/// Slowest acceptable transfer of large data, in bytes per second.
pub const RATE_MIN: u64 = 128 * 1024;
/// Longest pause between two tries.
pub const BACKOFF_MAX: Duration = Duration::from_secs(5);

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            stall: Duration::from_secs(10),
            retries: 3,
            backoff: Duration::from_millis(200),
            max_body: 256 * 1024 * 1024,
            max_header: 512 * 1024,
        }
    }
}

/// One gateway. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Gateway {
    http: http::Http,
}

impl Gateway {
    /// A client for the gateway at `url` (http or https). Nothing is sent yet.
    ///
    /// # Errors
    /// [`GatewayError::BadUrl`].
    pub fn new(url: &str, limits: Limits) -> Result<Self, GatewayError> {
        Ok(Self { http: http::Http::new(url, limits)? })
    }

    /// Where the gateway is.
    pub fn url(&self) -> &Url {
        self.http.base()
    }

    /// The verified header of a transaction; `None` if the gateway does not have it, or has it pending and
    /// does not show it yet.
    ///
    /// # Errors
    /// [`GatewayError::Forged`] if what it shows is not that transaction or its signature does not hold.
    pub async fn tx(&self, id: &ArweaveId) -> Result<Option<VerifiedHeader>, GatewayError> {
        let reply = self.http.get(&format!("tx/{id}"), self.http.limits().max_header).await?;
        match reply.status {
            200 if !reply.is_text("Pending") => {}
            200 | 202 | 204 | 404 | 410 => return Ok(None),
            _ => return Err(reply.unexpected()),
        }
        let tx = crate::tx::Transaction::from_json(&reply.body)
            .map_err(|error| GatewayError::malformed("transaction", error))?;
        if tx.id != *id {
            return Err(GatewayError::Forged { id: *id, what: "it is another transaction" });
        }
        tx.into_verified().map(Some).map_err(|error| GatewayError::forged(*id, error))
    }

    /// A transaction with its place in the chain: what a deposit is judged by. `None` if not known or not shown.
    ///
    /// # Errors
    /// As [`Gateway::tx`] and [`Gateway::status`].
    pub async fn deposit(&self, id: &ArweaveId) -> Result<Option<(VerifiedHeader, Status)>, GatewayError> {
        let Some(header) = self.tx(id).await? else { return Ok(None) };
        Ok(Some((header, self.status(id).await?)))
    }

    /// The data of a transaction, checked against its signed size and root.
    ///
    /// Asks for the raw data first and for the node's base64url form second; the first that holds wins.
    ///
    /// # Errors
    /// [`GatewayError::NotFound`] if no route has data yet, [`GatewayError::Altered`] if bytes came that are not
    /// the signed ones, [`GatewayError::TooLarge`] if the header announces more than the limit.
    pub async fn data(&self, header: &VerifiedHeader) -> Result<Vec<u8>, GatewayError> {
        let (id, size) = (header.id(), header.data_size());
        if header.transaction().format == crate::tx::Format::V1 {
            return Ok(header.transaction().data.clone());
        }
        if size > self.http.limits().max_body {
            return Err(GatewayError::TooLarge { limit: self.http.limits().max_body });
        }
        if size == 0 {
            return header.check_data(&[]).map(|()| Vec::new()).map_err(|why| GatewayError::Altered { id, why });
        }
        let raw = self.raw_data(&id, size).await;
        let first = match check(header, raw) {
            Ok(data) => return Ok(data),
            Err(error) => error,
        };
        let node = self.node_data(&id, size).await;
        check(header, node).map_err(|second| first.or_worse(second))
    }

    async fn raw_data(&self, id: &ArweaveId, size: u64) -> Result<Vec<u8>, GatewayError> {
        // One byte more than announced is enough to know that it is too long.
        let reply = self.http.get_large(&id.to_string(), size + 1).await?;
        reply.data()
    }

    async fn node_data(&self, id: &ArweaveId, size: u64) -> Result<Vec<u8>, GatewayError> {
        let text_len = size.div_ceil(3) * 4 + 4;
        let reply = self.http.get_large(&format!("tx/{id}/data"), text_len).await?;
        let text = String::from_utf8(reply.data()?).map_err(|error| GatewayError::malformed("data", error))?;
        crypto::b64::decode(text.trim_end()).map_err(|error| GatewayError::malformed("data", error))
    }
}

fn check(header: &VerifiedHeader, data: Result<Vec<u8>, GatewayError>) -> Result<Vec<u8>, GatewayError> {
    let id = header.id();
    match data {
        // Too much data is altered data: the size is signed.
        Err(GatewayError::TooLarge { .. }) => {
            Err(GatewayError::Altered { id, why: crate::tx::TxError::DataSizeMismatch })
        }
        Err(error) => Err(error),
        Ok(data) => match header.check_data(&data) {
            Ok(()) => Ok(data),
            Err(why) => Err(GatewayError::Altered { id, why }),
        },
    }
}
