//! Vaults' chains and what came into them.

use detector::model::MintRef;
use everpay::Rules;
use oracle::network::{EvmChain, Finality};
use vault_evm::watch::{DepositInfo, DepositState, SourceInfo, WatchState};

use crate::api::{
    ChainFinality, DepositMint, DepositRow, DepositStage, DepositToken, HaltView, NodeView, Reason, VaultChain,
};

/// A chain with its vault as the rules have it, not watched.
pub(crate) fn vault_chain(chain: &str, locker: &str, rules: &Rules, confirmations: u64) -> VaultChain {
    VaultChain {
        chain: chain.to_owned(),
        watched: false,
        chain_id: None,
        locker: locker.to_owned(),
        confirmations,
        finality: ChainFinality::Count,
        tip: None,
        tip_time_ms: None,
        finalized: None,
        scanned: None,
        start_block: None,
        sources: Vec::new(),
        sources_needed: 0,
        trouble: None,
        halted: None,
        tokens: tokens(rules, chain),
    }
}

/// What clients offer of the tokens that come from a chain.
fn tokens(rules: &Rules, chain: &str) -> Vec<DepositToken> {
    let shown = rules.listed().iter().filter(|token| token.display);
    shown
        .filter_map(|token| {
            let target = token.targets.get(chain)?;
            Some(DepositToken {
                tag: token.tag().to_string(),
                symbol: token.symbol.clone(),
                token_id: target.token_id.clone(),
                decimals: token.decimals,
                target_decimals: target.decimals,
            })
        })
        .collect()
}

/// When a block of a chain counts.
pub(crate) fn finality(evm: &EvmChain) -> ChainFinality {
    match evm.finality {
        Finality::Count => ChainFinality::Count,
        Finality::Finalized => ChainFinality::Finalized,
    }
}

impl VaultChain {
    /// With how it is reached.
    pub(crate) fn reached_by(mut self, evm: &EvmChain) -> Self {
        self.watched = true;
        self.chain_id = Some(evm.chain_id);
        self.start_block = Some(evm.start_block);
        self.finality = finality(evm);
        self
    }

    /// With what its watcher knows.
    pub(crate) fn seen_by(mut self, state: &WatchState) -> Self {
        self.tip = state.tip.as_ref().map(|block| block.number);
        self.tip_time_ms = state.tip.as_ref().map(|block| block.time_ms);
        self.finalized = state.finalized;
        self.scanned = Some(state.scanned);
        self.sources = state.sources.iter().map(node).collect();
        self.sources_needed = u32::try_from(state.sources_needed).unwrap_or(u32::MAX);
        self.trouble = state
            .trouble
            .as_ref()
            .map(|trouble| Reason { code: trouble.code.to_owned(), subject: trouble.subject.clone() });
        self
    }

    /// Whose watcher does not run.
    pub(crate) fn failed(mut self) -> Self {
        self.trouble = Some(Reason { code: "stopped".to_owned(), subject: String::new() });
        self
    }

    /// With the halt of its vault, if there is one.
    pub(crate) fn halted_by(mut self, halts: &[HaltView]) -> Self {
        self.halted = halts.iter().find(|halt| halt.chain == self.chain).cloned();
        self
    }
}

fn node(source: &SourceInfo) -> NodeView {
    NodeView {
        name: source.name.clone(),
        state: source.state.to_owned(),
        height: source.height,
        latency_ms: source.latency_ms,
        seen_ms: source.seen_ms,
    }
}

/// The row of the list. `mint` is what the verified ledger has for it; `coordinator`: there is one to hand a mint to.
pub(crate) fn deposit_row(deposit: &DepositInfo, mint: Option<&MintRef>, coordinator: bool) -> DepositRow {
    let state = stage(deposit.state, mint.is_some());
    DepositRow {
        id: format!("{}.{}", deposit.chain, deposit.id),
        chain: deposit.chain.clone(),
        tx: deposit.tx.clone(),
        token_id: deposit.token_id.clone(),
        tag: deposit.tag.clone(),
        symbol: deposit.symbol.clone(),
        account: deposit.account.as_ref().map(ToString::to_string),
        sender: deposit.sender.clone(),
        amount: deposit.credited.map(|amount| amount.to_string()),
        raw_amount: deposit.amount.to_string(),
        decimals: deposit.decimals,
        target_decimals: deposit.target_decimals,
        block: deposit.block,
        block_hash: deposit.block_hash.clone(),
        time_ms: deposit.time_ms,
        confirmations: deposit.confirmations,
        needed: deposit.needed,
        is_final: deposit.is_final,
        state,
        code: deposit.code.clone().filter(|_| state != DepositStage::Minted),
        posted: deposit.mint.clone(),
        mint: mint.map(|mint| DepositMint {
            ever_hash: mint.ever_hash.clone(),
            batch: mint.batch,
            settled: mint.settled,
        }),
        can_post: coordinator && matches!(state, DepositStage::Ready | DepositStage::Refused),
    }
}

/// A mint in the ledger outranks what the watcher knows of it, and undoes nothing that the chain has taken back.
fn stage(state: DepositState, in_ledger: bool) -> DepositStage {
    match state {
        DepositState::Stranded => DepositStage::Stranded,
        DepositState::Dropped => DepositStage::Dropped,
        _ if in_ledger => DepositStage::Minted,
        DepositState::Seen => DepositStage::Seen,
        DepositState::Ready => DepositStage::Ready,
        DepositState::Posted => DepositStage::Posted,
        DepositState::Minted => DepositStage::Minted,
        DepositState::Refused => DepositStage::Refused,
    }
}

/// A deposit for tests: ready, of one ETH.
#[cfg(test)]
pub(crate) fn example_deposit(id: u64) -> DepositInfo {
    DepositInfo {
        id,
        chain: "ethereum".to_owned(),
        tx: format!("0x{}", "a".repeat(64)),
        token_id: everpay::AccountId::ZERO.to_string(),
        tag: Some(everpay::eth_token().tag().to_string()),
        symbol: Some("ETH".to_owned()),
        account: Some(everpay::AccountId::ZERO),
        sender: everpay::AccountId::ZERO.to_string(),
        amount: everpay::Amount::from(7_u64),
        target_decimals: Some(18),
        credited: Some(everpay::Amount::from(7_u64)),
        decimals: Some(18),
        block: 12,
        block_hash: format!("0x{}", "b".repeat(64)),
        time_ms: 5,
        confirmations: 3,
        needed: 3,
        is_final: false,
        state: DepositState::Ready,
        code: None,
        mint: None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_mint_in_the_ledger_outranks_what_the_watcher_knows() {
        let mint = MintRef { ever_hash: "0x1".to_owned(), batch: 4, settled: true };
        let at = |state| DepositInfo { state, code: Some("err_x".to_owned()), ..example_deposit(1) };
        for state in [DepositState::Seen, DepositState::Ready, DepositState::Posted, DepositState::Refused] {
            let row = deposit_row(&at(state), Some(&mint), true);
            assert_eq!((row.state, row.code, row.can_post), (DepositStage::Minted, None, false));
            assert_eq!(row.mint.unwrap().batch, 4);
        }
        let gone = deposit_row(&at(DepositState::Dropped), Some(&mint), true);
        assert_eq!(
            (gone.state, gone.can_post),
            (DepositStage::Dropped, false),
            "a chain's word about its blocks stands"
        );
    }

    #[test]
    fn a_mint_may_be_handed_in_when_it_can_help() {
        let can =
            |state, coordinator| deposit_row(&DepositInfo { state, ..example_deposit(1) }, None, coordinator).can_post;
        assert!(can(DepositState::Ready, true) && can(DepositState::Refused, true));
        assert!(!can(DepositState::Ready, false), "there is nobody to hand it to");
        for state in [DepositState::Seen, DepositState::Posted, DepositState::Minted, DepositState::Stranded] {
            assert!(!can(state, true), "{state:?}");
        }
    }

    #[test]
    fn amounts_are_text_on_both_sides() {
        let row = deposit_row(&DepositInfo { account: None, credited: None, ..example_deposit(3) }, None, true);
        assert_eq!((row.raw_amount.as_str(), row.amount, row.account), ("7", None, None));
        assert_eq!(row.id, "ethereum.3");
    }

    #[test]
    fn only_tokens_that_the_chain_has_and_clients_show_are_offered() {
        let hidden = everpay::TokenSpec { display: false, ..everpay::eth_token() };
        let listed = |eth| everpay::Tokens::Listed(vec![everpay::ar_token(), eth]);
        let offered = |eth, chain| {
            let rules = Rules { tokens: listed(eth), ..Rules::open("o") };
            tokens(&rules, chain).into_iter().map(|token| token.symbol).collect::<Vec<_>>()
        };
        assert_eq!(offered(everpay::eth_token(), "ethereum"), ["AR", "ETH"]);
        assert_eq!(offered(everpay::eth_token(), "arweave"), ["AR"]);
        assert_eq!(offered(hidden, "ethereum"), ["AR"]);
        assert!(offered(everpay::eth_token(), "moon").is_empty());
    }
}
