//! Whether a deposit that was verified earlier still stands.

use crate::deposit;
use crate::judge::EvmDeposits;
use crate::node::{Node, NodeError, Receipt};
use crate::quorum;
use crate::tokens::address;
use alloy::primitives::{Address, B256};
use oracle::network::Finality;
use oracle::{Evidence, Fault, Standing};

/// Blocks after which a deposit is called final where its chain does not say: two epochs of Ethereum, on top of those that
/// were waited for.
const FINAL_BLOCKS: u64 = 64;

impl EvmDeposits {
    pub(crate) async fn stands(&self, verified: &Evidence) -> Result<Standing, Fault> {
        let question = |node: &Node| {
            let node = node.clone();
            async move { self.stands_at(&node, verified).await }
        };
        let answer = quorum::ask(&self.nodes, self.needed, question, same_standing).await;
        answer.map(|(standing, _)| standing).map_err(|none| none.fault(self.tokens.chain(), &verified.deposit))
    }

    async fn stands_at(&self, node: &Node, verified: &Evidence) -> Result<Standing, NodeError> {
        let unreadable = NodeError::Contradiction("the evidence names no transaction in a block");
        let (Ok(hash), Some(height)) = (verified.deposit.parse::<B256>(), verified.height) else {
            return Err(unreadable);
        };
        let tip = node.tip().await?.number;
        if tip < height {
            return Err(NodeError::Lagging { tip });
        }
        let Some(receipt) = node.receipt(hash).await? else { return Ok(Standing::Undone { tip }) };
        if verified.block.as_deref().and_then(|block| block.parse().ok()) != Some(receipt.block_hash)
            && !self.is_deep_again(node, verified, &receipt, tip).await?
        {
            return Ok(Standing::Undone { tip });
        }
        let is_final = match self.config.finality {
            Finality::Count => {
                tip.saturating_sub(receipt.block_number) >= FINAL_BLOCKS.saturating_add(self.confirmations)
            }
            Finality::Finalized => node.finalized().await?.is_some_and(|last| receipt.block_number <= last.number),
        };
        Ok(if is_final { Standing::Final } else { Standing::Stands })
    }

    /// Whether a deposit that was mined again in another block did the same there, and is deep enough. The same call may do
    /// something else in another place.
    async fn is_deep_again(
        &self,
        node: &Node,
        verified: &Evidence,
        receipt: &Receipt,
        tip: u64,
    ) -> Result<bool, NodeError> {
        let tx = node.transaction(receipt.tx).await?;
        let tx = tx.ok_or(NodeError::Contradiction("a receipt of an unknown transaction"))?;
        let token = verified.token.as_deref().map_or(Some(Address::ZERO), address);
        let same = deposit::read(&tx, receipt, &self.tokens).into_iter().any(|came| {
            Some(came.contract) == token && came.outcome.is_ok() && verified.quantity == Some(came.amount.to_string())
        });
        Ok(same && tip.saturating_sub(receipt.block_number) + 1 >= self.confirmations)
    }
}

/// Nodes read the chain up to different heights; what they say about the deposit counts.
fn same_standing(a: &Standing, b: &Standing) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
