//! What the working and the reading side of a watcher share: where things are kept, who judges, how rows are shown.

use super::coordinator::Coordinator;
use super::mint::Minter;
use super::model::{DepositInfo, DepositState};
use super::shared::Shared;
use crate::judge::EvmDeposits;
use crate::tokens::{ListedToken, address};
use alloy::primitives::Address;
use everpay::mint::deposit_amount;
use everpay::{AccountId, Amount};
use oracle::network::Finality;
use store::sqlite::StoreError;
use store::vault::{Deposit, MintState, VaultStore};

/// Blocks beyond the needed ones after which a counted deposit is called final.
const FINAL_BLOCKS: u64 = 64;

#[derive(Debug)]
pub(super) struct Core {
    pub(super) chain: String,
    pub(super) judge: EvmDeposits,
    pub(super) store: VaultStore,
    pub(super) shared: Shared,
    pub(super) minter: Minter,
    pub(super) coordinator: Option<Coordinator>,
}

impl Core {
    /// The highest block whose deposits may be minted now.
    pub(super) fn ready_up_to(&self) -> Option<u64> {
        self.shared.look(|state| {
            let deep = (state.tip?.number + 1).checked_sub(state.needed)?;
            match state.finality {
                Finality::Count => Some(deep),
                Finality::Finalized => state.finalized.map(|finalized| finalized.min(deep)),
            }
        })
    }

    /// The listed token of a row.
    pub(super) fn token(&self, deposit: &Deposit) -> Option<&ListedToken> {
        self.judge.tokens.token(contract(&deposit.found.token_id)?)
    }

    /// Who is credited with how much, by a row that is not stranded.
    pub(super) fn credit(&self, deposit: &Deposit) -> Option<(AccountId, &ListedToken, Amount)> {
        let token = self.token(deposit)?;
        let account = AccountId::parse(deposit.found.account.as_deref()?).ok()?;
        let amount = Amount::from_be_bytes(deposit.found.amount);
        Some((account, token, deposit_amount(&token.spec, &self.chain, amount).ok()?))
    }

    /// A row as it is shown.
    pub(super) fn info(&self, deposit: Deposit) -> Result<DepositInfo, StoreError> {
        let damaged = |what: &str| StoreError::Damaged(format!("deposit {} has an impossible {what}", deposit.id));
        let contract = contract(&deposit.found.token_id).ok_or_else(|| damaged("token"))?;
        let token = self.judge.tokens.token(contract);
        let credited = self.credit(&deposit);
        let standing = self.standing(&deposit);
        Ok(DepositInfo {
            id: deposit.id,
            chain: self.chain.clone(),
            tx: crypto::hexs::encode0x(&deposit.found.tx),
            token_id: token.map_or_else(|| contract.to_string(), |token| token.id.clone()),
            tag: token.map(|token| token.tag.to_string()),
            symbol: token.map(|token| token.spec.symbol.clone()),
            account: credited.as_ref().map(|(account, ..)| *account),
            amount: Amount::from_be_bytes(deposit.found.amount),
            target_decimals: token.map(|token| token.target_decimals),
            credited: credited.map(|(.., amount)| amount),
            decimals: token.map(|token| token.spec.decimals),
            block: deposit.found.block,
            block_hash: crypto::hexs::encode0x(&deposit.found.block_hash),
            time_ms: deposit.found.time_ms,
            confirmations: standing.confirmations,
            needed: standing.needed,
            is_final: standing.is_final,
            state: standing.state,
            code: deposit.found.stranded.or(deposit.mint.code),
            mint: deposit.mint.ever_hash.map(|hash| crypto::hexs::encode0x(&hash)),
            sender: deposit.found.sender,
        })
    }

    /// How deep a deposit is and how far it got.
    pub(super) fn standing(&self, deposit: &Deposit) -> Standing {
        let ready = self.ready_up_to();
        let block = deposit.found.block;
        self.shared.look(|state| {
            let tip = state.tip.filter(|_| !deposit.dropped).map_or(0, |tip| tip.number + 1);
            let confirmations = tip.saturating_sub(block);
            let is_final = !deposit.dropped
                && match state.finality {
                    Finality::Count => confirmations > FINAL_BLOCKS + state.needed,
                    Finality::Finalized => state.finalized.is_some_and(|finalized| finalized >= block),
                };
            let deep = confirmations > 0 && ready.is_some_and(|ready| block <= ready);
            Standing { confirmations, needed: state.needed, is_final, state: how_far(deposit, deep) }
        })
    }
}

/// How deep a deposit is and how far it got.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    confirmations: u64,
    needed: u64,
    is_final: bool,
    pub(super) state: DepositState,
}

fn how_far(deposit: &Deposit, deep: bool) -> DepositState {
    if deposit.dropped {
        return DepositState::Dropped;
    }
    if deposit.found.stranded.is_some() {
        return DepositState::Stranded;
    }
    match deposit.mint.state {
        MintState::Posted => DepositState::Posted,
        MintState::Minted => DepositState::Minted,
        MintState::Refused => DepositState::Refused,
        MintState::None if deep => DepositState::Ready,
        MintState::None => DepositState::Seen,
    }
}

/// The contract that a token is named by.
pub(super) fn contract(token_id: &str) -> Option<Address> {
    address(token_id)
}
