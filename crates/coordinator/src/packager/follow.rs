//! Posting signed batches and following them until they are deep enough.

use super::{Packager, TurnError};
use arweave::{ArweaveId, Gateway, GatewayError, Posted, Status, Transaction};
use everpay::{EverHash, RootChain};
use std::time::Duration;
use store::pool::{Confirmed, Seal};
use tokio::time::Instant;

/// Blocks for which an anchor may be used; one more in doubt.
const ANCHOR_LIFE_BLOCKS: u64 = 51;
/// A batch that a gateway does not show so long after it took it is posted again.
const REPOST_AFTER: Duration = Duration::from_secs(15);

impl Packager {
    /// Looks after every batch on its way, oldest first.
    pub(super) async fn follow(&mut self, gateway: &Gateway, tip: u64) -> Result<(), TurnError> {
        let live = self.shared.pool.live_seals().await?;
        let mut all_before_confirmed = true;
        for seal in &live {
            let id = ArweaveId::from_bytes(seal.batch_id);
            let deep = match gateway.status(&id).await? {
                Status::Confirmed { height, confirmations } => (confirmations >= self.confirmations).then_some(height),
                Status::Pending => None,
                Status::NotFound if tip > seal.anchor_height + ANCHOR_LIFE_BLOCKS => {
                    return self.reseal(gateway, seal, &live).await;
                }
                Status::NotFound => {
                    self.post_again(gateway, seal).await?;
                    None
                }
            };
            match deep {
                Some(height) if all_before_confirmed => {
                    all_before_confirmed = self.confirm(gateway, seal, &id, height).await?;
                }
                _ => all_before_confirmed = false,
            }
        }
        Ok(())
    }

    async fn post_again(&mut self, gateway: &Gateway, seal: &Seal) -> Result<(), TurnError> {
        let recently = self.posted.get(&seal.batch_id).is_some_and(|posted| posted.elapsed() < REPOST_AFTER);
        match &seal.body {
            Some(body) if !recently => self.post(gateway, seal.batch_id, &seal.header, body).await,
            Some(_) => Ok(()),
            None => Err(TurnError::Bug(format!("batch {} lost its body", seal.mark))),
        }
    }

    /// Hands in the signed bytes. They are on disk; handing them in twice changes nothing.
    pub(super) async fn post(
        &mut self,
        gateway: &Gateway,
        id: [u8; 32],
        header: &str,
        body: &[u8],
    ) -> Result<(), TurnError> {
        let mut tx = Transaction::from_json(header.as_bytes())
            .map_err(|error| TurnError::Bug(format!("a stored batch cannot be read: {error}")))?;
        tx.data = body.to_vec();
        match gateway.post(&tx).await {
            Ok(Posted::Accepted | Posted::AlreadyKnown) => {}
            Err(error @ GatewayError::Status { .. }) if !error.is_transient() => {
                // An anchor too old, or no money: following will tell, or the anchor will expire for certain.
                tracing::warn!(%error, batch = %tx.id, "the gateway refuses a batch");
            }
            Err(error) => return Err(error.into()),
        }
        self.posted.insert(id, Instant::now());
        Ok(())
    }

    /// Settles a batch that is deep enough and readable. `false` if it is not readable yet.
    async fn confirm(
        &mut self,
        gateway: &Gateway,
        seal: &Seal,
        id: &ArweaveId,
        height: u64,
    ) -> Result<bool, TurnError> {
        let Some(header) = gateway.tx(id).await? else { return Ok(false) };
        match gateway.data(&header).await {
            Ok(_) => {}
            Err(GatewayError::NotFound | GatewayError::Altered { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let confirmed = if seal.foreign_owner { None } else { Some(self.packaged(gateway, seal, height).await?) };
        self.shared.pool.confirm(seal, confirmed.as_ref()).await?;
        self.posted.remove(&seal.batch_id);
        self.shared.publish().await?;
        tracing::info!(batch = %id, number = seal.mark, height, "batch confirmed");
        Ok(true)
    }

    /// The rolling roots go over the accepted items of the mark.
    async fn packaged(&self, gateway: &Gateway, seal: &Seal, height: u64) -> Result<Confirmed, TurnError> {
        let mark = self.mark_of(seal.mark).await?;
        let before = match seal.mark {
            0 | 1 => None,
            seq => Some(self.mark_of(seq - 1).await?),
        };
        let earlier = before.as_ref().and_then(|mark| mark.confirmed.as_ref());
        let mut roots = RootChain::resume(earlier.map(|c| c.root_hash), earlier.map(|c| c.ever_root_hash));
        let items = self.shared.pool.items_between(before.map_or(0, |mark| mark.last_raw_id), mark.last_raw_id).await?;
        for item in &items {
            roots.push(&seal.batch_id, &EverHash::new(item.ever_hash));
        }
        let root = |root: Option<&[u8; 32]>| {
            root.copied().ok_or_else(|| TurnError::Bug(format!("batch {} is empty", seal.mark)))
        };
        Ok(Confirmed {
            batch_id: seal.batch_id,
            height,
            block_ms: gateway.block_time(height).await?.saturating_mul(1000),
            root_hash: root(roots.root_hash())?,
            ever_root_hash: root(roots.ever_root_hash())?,
        })
    }
}
