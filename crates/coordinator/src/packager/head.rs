//! Whether the chain of batches at a gateway is the one in this data directory.

use super::TurnError;
use crate::error::ForeignHead;
use arweave::{Address, Gateway};
use store::pool::Pool;

/// Refuses a wallet whose newest transaction is not a batch of this pool: going on would fork the ledger, or break the
/// chain of parents that readers follow.
pub(crate) async fn check_head(pool: &Pool, gateway: &Gateway, owner: &Address) -> Result<(), TurnError> {
    let gateway_url = || gateway.url().to_string();
    match gateway.last_tx(owner).await? {
        Some(last) if pool.knows_batch(last.as_bytes()).await? => Ok(()),
        Some(last) => Err(ForeignHead::Unknown { gateway: gateway_url(), last: last.to_string() }.into()),
        None if pool.last_confirmed().await?.is_some() => Err(ForeignHead::Missing { gateway: gateway_url() }.into()),
        None => Ok(()),
    }
}
