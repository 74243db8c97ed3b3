//! Where the chain stands: height, blocks, and the place of a transaction. All of it is the gateway's word.

use serde::Deserialize;

use super::Gateway;
use super::error::GatewayError;
use crate::ids::{Address, ArweaveId};

/// What the gateway says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NetworkInfo {
    /// Name of the network.
    #[serde(default)]
    pub network: String,
    /// Height of the newest block.
    pub height: u64,
    /// Hash of the newest block, as text.
    #[serde(default)]
    pub current: String,
}

/// Where a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The gateway does not know it.
    NotFound,
    /// Known, not in a block.
    Pending,
    /// In a block.
    Confirmed {
        /// Height of that block.
        height: u64,
        /// Blocks from that one to the newest, both counted: 1 when just mined.
        confirmations: u64,
    },
}

#[derive(Deserialize)]
struct StatusWire {
    block_height: u64,
}

#[derive(Deserialize)]
struct BlockWire {
    height: u64,
    timestamp: u64,
}

impl Gateway {
    /// Height and name of the network.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn info(&self) -> Result<NetworkInfo, GatewayError> {
        self.json("info", "network info").await
    }

    /// Where a transaction is. Confirmations are counted from the tip, because gateways count differently.
    ///
    /// # Errors
    /// [`GatewayError::Lagging`] if the block is above the tip that the gateway names.
    pub async fn status(&self, id: &ArweaveId) -> Result<Status, GatewayError> {
        let reply = self.http.get(&format!("tx/{id}/status"), self.http.limits().max_header).await?;
        match reply.status {
            404 | 410 => return Ok(Status::NotFound),
            202 => return Ok(Status::Pending),
            200 if reply.is_text("Pending") => return Ok(Status::Pending),
            200 => {}
            _ => return Err(reply.unexpected()),
        }
        let StatusWire { block_height: height } =
            serde_json::from_slice(&reply.body).map_err(|error| GatewayError::malformed("status", error))?;
        let tip = self.info().await?.height;
        let confirmations = tip.checked_sub(height).ok_or(GatewayError::Lagging { height, tip })?.saturating_add(1);
        Ok(Status::Confirmed { height, confirmations })
    }

    /// Time of the block at `height`, in seconds since 1970.
    ///
    /// # Errors
    /// [`GatewayError::NotFound`] if there is no such block.
    pub async fn block_time(&self, height: u64) -> Result<u64, GatewayError> {
        let block: BlockWire = self.json(&format!("block/height/{height}"), "block").await?;
        if block.height != height {
            return Err(GatewayError::malformed("block", format!("height {} instead of {height}", block.height)));
        }
        Ok(block.timestamp)
    }

    /// The wallet's newest transaction, pending ones included where the gateway does so; `None` if it has none.
    ///
    /// # Errors
    /// [`GatewayError::Malformed`] if the answer is not an id.
    pub async fn last_tx(&self, wallet: &Address) -> Result<Option<ArweaveId>, GatewayError> {
        let reply = self.http.get(&format!("wallet/{wallet}/last_tx"), self.http.limits().max_header).await?;
        match reply.status {
            204 | 404 => return Ok(None),
            200 => {}
            _ => return Err(reply.unexpected()),
        }
        match reply.text().as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|error| GatewayError::malformed("last transaction", error)),
        }
    }

    pub(super) async fn json<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        what: &'static str,
    ) -> Result<T, GatewayError> {
        // A block lists its transactions: as large as data may be.
        let reply = self.http.get(path, self.http.limits().max_body).await?;
        serde_json::from_slice(&reply.ok()?).map_err(|error| GatewayError::malformed(what, error))
    }
}
