//! What a vault holds, and which payouts it has made, at one block that enough nodes know alike.

use crate::judge::EvmDeposits;
use crate::node::{BlockInfo, Node, NodeError};
use crate::quorum::{self, NoQuorum};
use crate::tokens::{ListedToken, address};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use everpay::lock_contract::{Proposal, proposal_id};
use everpay::{Amount, EverHash, native_chain};
use futures::{StreamExt, TryStreamExt, stream};
use oracle::{Fault, Payout, Reserves};

mod abi {
    #![allow(missing_docs, reason = "generated from the declarations below")]
    alloy::sol! {
        function balanceOf(address owner) external view returns (uint256);
        function released(bytes32 everHash) external view returns (bool);
        function executed(bytes32 id) external view returns (bool);
        function mint(address to, uint256 amount) external;
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
    async fn common_block(&self) -> Result<(BlockInfo, Vec<String>), NoQuorum> {
        let tips = quorum::ask_all(&self.nodes, Node::tip).await;
        let mut heights: Vec<u64> =
            tips.iter().filter_map(|(_, tip)| tip.as_ref().ok().map(|tip| tip.number)).collect();
        heights.sort_unstable_by(|a, b| b.cmp(a));
        let Some(&height) = heights.get(self.needed - 1) else {
            // Too few answered, so that they cannot agree on anything.
            return quorum::agree(tips, self.needed, |_, _| true);
        };
        let question = |node: &Node| {
            let node = node.clone();
            async move { node.block(height).await?.ok_or(NodeError::Lagging { tip: height.saturating_sub(1) }) }
        };
        quorum::ask(&self.nodes, self.needed, question, |a, b| a == b).await
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
        let Some(proposal) = self.proposal(payout) else { return Ok(None) };
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

    /// The proposal that pays a burn: a call with coins, or of the token's `transfer`, or of its `mint` where the token came
    /// here from another chain (section 10). `None` for one that no contract of this chain can pay.
    fn proposal(&self, payout: &Payout) -> Option<Proposal> {
        let to = address(&payout.to)?;
        let token = address(&payout.token_id)?;
        let (to, value, data) = if token.is_zero() {
            (to, payout.amount, Vec::new())
        } else {
            let value = U256::from_be_bytes(payout.amount.to_be_bytes());
            let data = if self.is_bridged(token) {
                abi::mintCall { to, amount: value }.abi_encode()
            } else {
                crate::deposit::transferCall { to, value }.abi_encode()
            };
            (token, Amount::ZERO, data)
        };
        Some(Proposal {
            chain_id: Amount::from(self.config.chain_id),
            contract: self.tokens.vault().into(),
            proposal_id: proposal_id(payout.batch_id),
            ever_hash: payout.ever_hash,
            to: to.into(),
            value,
            data,
        })
    }
}

impl EvmDeposits {
    /// Whether the token's home is another chain, so that payouts here make it anew.
    fn is_bridged(&self, contract: Address) -> bool {
        let home = self.tokens.token(contract).and_then(|token| native_chain(&token.spec.chain_type));
        home.is_some_and(|home| home != self.tokens.chain())
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
