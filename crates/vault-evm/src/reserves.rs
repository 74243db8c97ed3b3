//! What a vault holds, and which payouts it has made, at one block that enough nodes know alike.

use crate::judge::EvmDeposits;
use crate::node::{BlockInfo, Node, NodeError};
use crate::quorum::{self, NoQuorum};
use crate::release;
use crate::tokens::ListedToken;
use alloy::primitives::{Address, B256, Bytes};
use alloy::sol_types::SolCall;
use everpay::{Amount, EverHash};
use futures::{StreamExt, TryStreamExt, stream};
use oracle::{Fault, Payout, Reserves};

mod abi {
    #![allow(missing_docs, reason = "generated from the declarations below")]
    alloy::sol! {
        function balanceOf(address owner) external view returns (uint256);
        function released(bytes32 everHash) external view returns (bool);
        function executed(bytes32 id) external view returns (bool);
    }
}

/// Questions to one node at a time.
const QUESTIONS_MAX: usize = 8;

impl EvmDeposits {
    pub(crate) async fn held(&self, waiting: &[Payout]) -> Result<Reserves, Fault> {
        self.read_reserves(waiting).await.map_err(|none| none.fault(self.tokens.chain(), "the vault's reserves"))
    }

    async fn read_reserves(&self, waiting: &[Payout]) -> Result<Reserves, NoQuorum> {
        let (block, sources) = self.common_block().await?;
        let balances: Vec<_> = self.tokens.tokens().map(|token| self.balance(token, block.hash)).collect();
        let balances: Vec<_> = stream::iter(balances).buffered(QUESTIONS_MAX).try_collect().await?;
        let paid: Vec<_> = waiting.iter().map(|payout| self.paid(payout, block.hash)).collect();
        let paid: Vec<_> = stream::iter(paid).buffered(QUESTIONS_MAX).try_collect().await?;
        Ok(Reserves {
            height: block.number,
            block: block.hash.to_string(),
            time_ms: block.time_ms,
            tokens: balances.into_iter().flatten().collect(),
            paid: paid.into_iter().flatten().collect(),
            sources,
        })
    }

    /// The newest block that enough nodes have and know alike.
    pub(crate) async fn common_block(&self) -> Result<(BlockInfo, Vec<String>), NoQuorum> {
        let tip = quorum::reached(&self.nodes, self.needed, |node| async move { Ok(node.tip().await?.number) });
        let height = tip.await?;
        quorum::ask(&self.nodes, self.needed, |node| node.block_at(height), BlockInfo::eq).await
    }

    /// The token's id and what is held of it; `None` when its contract gives no balance.
    async fn balance(&self, token: &ListedToken, block: B256) -> Result<Option<(String, Amount)>, NoQuorum> {
        let (vault, contract) = (self.tokens.vault(), token.contract);
        let question = |node: &Node| {
            let node = node.clone();
            async move {
                if contract.is_zero() {
                    return node.balance(vault, block).await.map(Some);
                }
                let answer = view(&node, contract, &abi::balanceOfCall { owner: vault }, block).await?;
                Ok(answer.and_then(|answer| abi::balanceOfCall::abi_decode_returns_validate(&answer).ok()))
            }
        };
        let (held, _) = quorum::ask(&self.nodes, self.needed, question, |a, b| a == b).await?;
        Ok(held.map(|held| (token.id.clone(), Amount::from_be_bytes(held.to_be_bytes()))))
    }

    /// The burn, if it is paid.
    async fn paid(&self, payout: &Payout, block: B256) -> Result<Option<EverHash>, NoQuorum> {
        let Some(proposal) = release::proposal(payout, &self.tokens, self.config.chain_id) else { return Ok(None) };
        let (vault, ever_hash) = (self.tokens.vault(), B256::from(*payout.ever_hash.as_bytes()));
        let id = B256::from(proposal.tx_hash());
        let question = |node: &Node| {
            let node = node.clone();
            async move {
                let released = view(&node, vault, &abi::releasedCall { everHash: ever_hash }, block).await?;
                if let Some(Ok(done)) = released.map(|answer| abi::releasedCall::abi_decode_returns_validate(&answer)) {
                    return Ok(done);
                }
                // everPay's own contract: it knows proposals only.
                let executed = view(&node, vault, &abi::executedCall { id }, block).await?;
                let executed = executed.map(|answer| abi::executedCall::abi_decode_returns_validate(&answer));
                executed.and_then(Result::ok).ok_or(NodeError::Contradiction("the vault is no lock contract"))
            }
        };
        quorum::ask(&self.nodes, self.needed, question, |a, b| a == b)
            .await
            .map(|(done, _)| done.then_some(payout.ever_hash))
    }
}

/// What a view function gives; `None` when it reverts.
async fn view<C: SolCall>(node: &Node, contract: Address, call: &C, block: B256) -> Result<Option<Bytes>, NodeError> {
    match node.call(contract, Bytes::from(call.abi_encode()), block).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_revert() => Ok(None),
        Err(error) => Err(error),
    }
}
