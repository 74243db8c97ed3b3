//! Batches: what changed since the last root, the root over it, and the way back.

use super::Ledger;
use super::account::{Account, TokenIndex};
use super::change::{AccountChange, BatchChange, TokenChange};
use super::leaf;
use super::proof::{MintProof, Proof, ProvenAccount};
use super::tokens::TokenState;
use super::tree::Update;
use crate::account::AccountId;
use crate::amount::Amount;
use crate::check::Checked;
use crate::hash::StateRoot;
use crate::mint::Minted;

/// What the open batch has touched, each with its state before.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    /// Slot and state before, in the order of the first touch.
    accounts: Vec<(usize, Account)>,
    tokens: Vec<(TokenIndex, Option<TokenState>)>,
    pub(super) mints: Vec<Minted>,
    pub(super) applied: u64,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.applied == 0 && self.accounts.is_empty() && self.tokens.is_empty()
    }
}

/// The batch to undo is not the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only the last batch can be undone: the root is {root}, the batch left {left}")]
pub struct RevertError {
    /// The root now.
    pub root: StateRoot,
    /// The root the batch left.
    pub left: StateRoot,
}

impl Ledger {
    /// Opens a batch. What was applied since the last root must have been closed or aborted.
    ///
    /// # Panics
    /// When a batch is open with changes: an unclosed batch would be lost from every journal.
    pub fn begin_batch(&mut self) {
        assert!(self.pending.is_empty(), "a batch with changes is open");
    }

    /// Closes the open batch: the new root, and everything that changed.
    pub fn end_batch(&mut self) -> BatchChange {
        let root_before = self.root();
        let pending = std::mem::take(&mut self.pending);
        let mut updates = Vec::with_capacity(pending.accounts.len() + pending.tokens.len() + pending.mints.len());
        let mut accounts = Vec::with_capacity(pending.accounts.len());
        for (slot, before) in pending.accounts {
            self.accounts.slots[slot].touched = false;
            let state = &self.accounts.slots[slot];
            if state.account == before {
                continue;
            }
            updates.push(Update { key: state.key, value_hash: self.account_value(&state.account) });
            let seen = |account: Account| (!account.is_empty()).then_some(account);
            accounts.push(AccountChange { id: state.id, before: seen(before), after: seen(state.account.clone()) });
        }
        let mut tokens = Vec::with_capacity(pending.tokens.len());
        for (index, before) in pending.tokens {
            let entry = self.tokens.entry(index);
            if before.as_ref() == Some(&entry.state) {
                continue;
            }
            updates.push(Update { key: entry.key, value_hash: Some(entry.value_hash()) });
            tokens.push(TokenChange { tag: entry.tag.clone(), index, before, after: Some(entry.state.clone()) });
        }
        updates.extend(pending.mints.iter().map(|mint| mint_update(mint, true)));
        self.tree.update(&mut updates);
        accounts.sort_unstable_by_key(|change| change.id);
        tokens.sort_unstable_by_key(|change| change.index);
        let (mints, applied) = (pending.mints, pending.applied);
        BatchChange { root_before, root: self.root(), accounts, tokens, mints, applied }
    }

    /// Undoes everything applied since the last root.
    pub fn abort_batch(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        for (slot, before) in pending.accounts {
            self.accounts.slots[slot].touched = false;
            self.put_account(slot, before);
        }
        for (index, before) in pending.tokens.into_iter().rev() {
            self.put_token(index, before);
        }
        for mint in &pending.mints {
            self.mints.remove(mint);
        }
        self.applied -= pending.applied;
    }

    /// Undoes the last closed batch: every account, token, deposit and the root as they were before it.
    ///
    /// # Errors
    /// [`RevertError`] when the batch is not the last one; then nothing has changed.
    ///
    /// # Panics
    /// When a batch is open with changes.
    pub fn revert(&mut self, change: &BatchChange) -> Result<(), RevertError> {
        assert!(self.pending.is_empty(), "a batch with changes is open");
        let root = self.root();
        if root != change.root {
            return Err(RevertError { root, left: change.root });
        }
        let mut updates = Vec::with_capacity(change.accounts.len() + change.tokens.len() + change.mints.len());
        for account in &change.accounts {
            let slot = self.accounts.slot_or_new(&account.id);
            self.put_account(slot, account.before.clone().unwrap_or_default());
            let state = &self.accounts.slots[slot];
            updates.push(Update { key: state.key, value_hash: self.account_value(&state.account) });
        }
        for token in change.tokens.iter().rev() {
            let key = self.tokens.entry(token.index).key;
            self.put_token(token.index, token.before.clone());
            let value_hash = token.before.as_ref().map(|_| self.tokens.entry(token.index).value_hash());
            updates.push(Update { key, value_hash });
        }
        for mint in &change.mints {
            self.mints.remove(mint);
            updates.push(mint_update(mint, false));
        }
        self.tree.update(&mut updates);
        self.applied -= change.applied;
        debug_assert_eq!(self.root(), change.root_before, "undoing restores the root");
        Ok(())
    }

    /// Proof of one account under [`Ledger::root`]; what the open batch did is not in it.
    #[must_use]
    pub fn prove(&self, id: &AccountId) -> Proof {
        let slot = self.accounts.slot(id);
        let account = slot.map(|slot| {
            let before = self.pending.accounts.iter().find(|(touched, _)| *touched == slot);
            before.map_or(&self.accounts.slots[slot].account, |(_, before)| before)
        });
        let seen = account.filter(|account| !account.is_empty());
        let state = seen.map(|account| ProvenAccount { nonce: account.nonce, balances: self.tagged(account) });
        Proof { account: *id, state, path: self.tree.path(&leaf::account_key(id)) }
    }

    /// Proof that a deposit was minted into a token, or not, under [`Ledger::root`].
    #[must_use]
    pub fn prove_mint(&self, mint: &Minted) -> MintProof {
        let minted = self.mints.contains(mint) && !self.pending.mints.contains(mint);
        let path = self.tree.path(&leaf::mint_key(mint));
        MintProof { mint: mint.clone(), minted, path }
    }

    /// The place of an account that is about to change.
    pub(super) fn touch(&mut self, id: &AccountId) -> usize {
        let slot = self.accounts.slot_or_new(id);
        let state = &mut self.accounts.slots[slot];
        if !state.touched {
            state.touched = true;
            self.pending.accounts.push((slot, state.account.clone()));
        }
        slot
    }

    pub(super) fn supply_mut(&mut self, token: TokenIndex) -> &mut Amount {
        if !self.pending.tokens.iter().any(|(touched, _)| *touched == token) {
            self.pending.tokens.push((token, Some(self.tokens.entry(token).state.clone())));
        }
        &mut self.tokens.entry_mut(token).state.supply
    }

    /// A token that no list names enters with the transaction that names it first.
    pub(super) fn first_seen(&mut self, tx: &Checked) -> TokenIndex {
        let state = TokenState { chain_id: tx.tx.chain_id.clone(), supply: Amount::ZERO };
        let token = self.tokens.push(tx.tag.clone(), None, state);
        self.pending.tokens.push((token, None));
        token
    }

    /// Hash of an account's leaf value, `None` for an account without a leaf.
    pub(super) fn account_value(&self, account: &Account) -> Option<[u8; 32]> {
        if account.is_empty() {
            return None;
        }
        let entry = |(token, amount): &(TokenIndex, Amount)| (self.tokens.entry(*token).key, *amount);
        if let [balance] = &account.balances[..] {
            return Some(leaf::account_value(account.nonce, &[entry(balance)]));
        }
        let mut held: Vec<_> = account.balances.iter().collect();
        held.sort_unstable_by_key(|(token, _)| &self.tokens.entry(*token).tag);
        let balances: Vec<_> = held.into_iter().map(entry).collect();
        Some(leaf::account_value(account.nonce, &balances))
    }

    fn put_account(&mut self, slot: usize, account: Account) {
        let old = std::mem::replace(&mut self.accounts.slots[slot].account, account);
        for (token, _) in &old.balances {
            self.tokens.entry_mut(*token).holders -= 1;
        }
        for (token, _) in &self.accounts.slots[slot].account.balances {
            self.tokens.entry_mut(*token).holders += 1;
        }
    }

    fn put_token(&mut self, index: TokenIndex, state: Option<TokenState>) {
        match state {
            Some(state) => self.tokens.entry_mut(index).state = state,
            None => self.tokens.pop(),
        }
    }
}

pub(super) fn mint_update(mint: &Minted, minted: bool) -> Update {
    Update { key: leaf::mint_key(mint), value_hash: minted.then(leaf::mint_value) }
}
