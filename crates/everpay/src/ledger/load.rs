//! Starting from a snapshot instead of from the first transaction.
//!
//! What always holds: a loaded ledger has the root, and gives the verdicts, of one that replayed everything. The caller
//! compares the root with the one it stored; sums are checked here.

use std::collections::BTreeMap;

use super::account::{Account, TokenIndex};
use super::batch::mint_update;
use super::tokens::{TokenState, TokenTable};
use super::tree::Update;
use super::{AccountTable, Ledger, leaf};
use crate::account::AccountId;
use crate::amount::Amount;
use crate::mint::Minted;
use crate::rules::{Rules, TokenSpec, Tokens};
use crate::token::TokenTag;

/// A stored state, as [`Ledger::accounts`], [`Ledger::tokens`] and [`Ledger::mints`] gave it, in any order.
#[derive(Debug, Clone)]
pub struct Snapshot<A, M> {
    /// All accounts that are not empty.
    pub accounts: A,
    /// All tokens ever changed, with their places. Listed tokens that are missing are as listed, nothing minted.
    pub tokens: Vec<TokenRecord>,
    /// All minted deposits.
    pub mints: M,
    /// Transactions applied so far.
    pub applied: u64,
}

/// A token with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// The token.
    pub tag: TokenTag,
    /// Its place in balances.
    pub index: TokenIndex,
    /// What the history made of it.
    pub state: TokenState,
}

/// A snapshot that no history under these rules can have left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// A token that the rules do not list.
    #[error("token {0} is not listed")]
    UnknownToken(TokenTag),
    /// Two tokens in one place, a token twice, or a place left empty.
    #[error("token places do not fit")]
    TokenPlaces,
    /// A listed token on another chain.
    #[error("token {0} is on another chain than listed")]
    OtherChain(TokenTag),
    /// An account twice.
    #[error("account {0} is there twice")]
    DuplicateAccount(AccountId),
    /// A balance of a token that has no place.
    #[error("account {0} holds an unknown token")]
    UnknownBalance(AccountId),
    /// Balances that do not sum up to the supply.
    #[error("balances of {0} do not sum up to its supply")]
    Supply(TokenTag),
}

impl Ledger {
    /// A ledger as the snapshot left it.
    ///
    /// # Errors
    /// [`LoadError`] for a snapshot that contradicts itself or the rules.
    pub fn load<A, M>(rules: Rules, snapshot: Snapshot<A, M>) -> Result<Self, LoadError>
    where
        A: IntoIterator<Item = (AccountId, Account)>,
        M: IntoIterator<Item = Minted>,
    {
        let tokens = place_tokens(&rules, snapshot.tokens)?;
        let mut ledger = Self::new(rules);
        ledger.tokens = tokens;
        ledger.accounts = AccountTable::default();
        ledger.applied = snapshot.applied;
        for (id, account) in snapshot.accounts {
            ledger.place_account(id, account)?;
        }
        ledger.check_supplies()?;
        let mut updates = ledger.all_accounts();
        updates.extend(ledger.all_tokens());
        for mint in snapshot.mints {
            updates.push(mint_update(&mint, true));
            ledger.mints.insert(mint);
        }
        ledger.tree.update(&mut distinct(updates));
        Ok(ledger)
    }

    /// The leaves that are there before the first transaction.
    pub(super) fn plant_rules(&mut self) {
        let mut updates = self.all_tokens();
        updates.push(Update { key: leaf::rules_key(), value_hash: Some(leaf::rules_value(&self.rules)) });
        self.tree.update(&mut updates);
    }

    fn place_account(&mut self, id: AccountId, account: Account) -> Result<(), LoadError> {
        for (token, _) in account.balances() {
            if self.tokens.get(*token).is_none() {
                return Err(LoadError::UnknownBalance(id));
            }
            self.tokens.entry_mut(*token).holders += 1;
        }
        let slot = self.accounts.slot_or_new(&id);
        if !self.accounts.slots[slot].account.is_empty() {
            return Err(LoadError::DuplicateAccount(id));
        }
        self.accounts.slots[slot].account = account;
        Ok(())
    }

    fn check_supplies(&self) -> Result<(), LoadError> {
        let mut sums = vec![Some(Amount::ZERO); self.tokens.len()];
        for slot in &self.accounts.slots {
            for (token, amount) in slot.account.balances() {
                let sum = &mut sums[token.get() as usize];
                *sum = sum.and_then(|sum| sum.checked_add(*amount));
            }
        }
        for ((_, entry), sum) in self.tokens.iter().zip(sums) {
            if sum != Some(entry.state.supply) {
                return Err(LoadError::Supply(entry.tag.clone()));
            }
        }
        Ok(())
    }

    fn all_accounts(&self) -> Vec<Update> {
        let slots = self.accounts.slots.iter();
        slots.map(|slot| Update { key: slot.key, value_hash: self.account_value(&slot.account) }).collect()
    }

    fn all_tokens(&self) -> Vec<Update> {
        self.tokens.iter().map(|(_, entry)| Update { key: entry.key, value_hash: Some(entry.value_hash()) }).collect()
    }
}

/// A deposit given twice would be two updates of one key, which the tree does not take.
fn distinct(mut updates: Vec<Update>) -> Vec<Update> {
    updates.sort_unstable_by_key(|update| update.key);
    updates.dedup_by_key(|update| update.key);
    updates
}

/// Puts recorded tokens where they were, and listed ones that were never touched into the places left.
fn place_tokens(rules: &Rules, records: Vec<TokenRecord>) -> Result<TokenTable, LoadError> {
    let mut listed: BTreeMap<TokenTag, &TokenSpec> = rules.listed().iter().map(|spec| (spec.tag(), spec)).collect();
    let mut placed: BTreeMap<u32, (TokenTag, Option<TokenSpec>, TokenState)> = BTreeMap::new();
    for record in records {
        let spec = listed.remove(&record.tag);
        if spec.is_none() && rules.tokens != Tokens::Open {
            return Err(LoadError::UnknownToken(record.tag));
        }
        if spec.is_some_and(|spec| spec.chain_id != record.state.chain_id) {
            return Err(LoadError::OtherChain(record.tag));
        }
        if placed.insert(record.index.get(), (record.tag, spec.cloned(), record.state)).is_some() {
            return Err(LoadError::TokenPlaces);
        }
    }
    let mut untouched = rules.listed().iter().filter(|spec| listed.contains_key(&spec.tag()));
    let mut table = TokenTable::default();
    let total = placed.len() + listed.len();
    for place in 0..u32::try_from(total).map_err(|_| LoadError::TokenPlaces)? {
        let (tag, spec, state) = match placed.remove(&place) {
            Some(token) => token,
            None => {
                let spec = untouched.next().ok_or(LoadError::TokenPlaces)?;
                let state = TokenState { chain_id: spec.chain_id.clone(), supply: Amount::ZERO };
                (spec.tag(), Some(spec.clone()), state)
            }
        };
        if table.find(&tag).is_some() {
            return Err(LoadError::TokenPlaces);
        }
        table.push(tag, spec, state);
    }
    if placed.is_empty() { Ok(table) } else { Err(LoadError::TokenPlaces) }
}
