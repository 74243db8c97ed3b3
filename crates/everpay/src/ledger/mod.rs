//! The ledger: one deterministic state machine over checked transactions.
//!
//! Where it stands: detector and coordinator feed it in order, on one thread; it keeps everything that decides a
//! verdict, in memory, and hashes it once per batch into the state root.
//! What always holds: a refusal changes nothing; for every token the balances sum up to the supply; equal transactions
//! in equal order give equal roots, however they are cut into batches; undoing a batch restores the root before it.
//! What it does not do: check signatures, ask a chain about a deposit, write to disk, or execute what was never
//! published: that is refused as undecidable, never guessed.

mod account;
mod batch;
mod change;
mod judge;
mod leaf;
mod load;
mod path;
mod proof;
mod tokens;
mod tree;

use hashbrown::{HashMap, HashSet};

pub use account::{Account, TokenIndex};
pub use batch::RevertError;
pub use change::{AccountChange, BatchChange, TokenChange};
pub use load::{LoadError, Snapshot, TokenRecord};
pub use path::{End, Path};
pub use proof::{MintProof, Proof, ProvenAccount};
pub use tokens::TokenState;

use crate::account::AccountId;
use crate::amount::Amount;
use crate::check::Checked;
use crate::hash::StateRoot;
use crate::mint::Minted;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::token::TokenTag;
use batch::Pending;
use judge::{Effect, Plan};
use tokens::TokenTable;
use tree::Tree;

/// What the source chain says about a mint's deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MintVerdict {
    /// It exists and is what the mint says.
    Verified,
    /// It does not exist, or is something else.
    Refuted,
    /// The chain could not be asked. The mint is applied and marked.
    NotCheckable,
    /// The transaction is no mint.
    NotAMint,
}

/// A transaction that took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// A mint whose deposit could not be looked up.
    pub marked: bool,
}

/// A transaction that took no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It broke a rule.
    #[error("{0}")]
    Rejected(#[from] Refusal),
    /// The rule was never published, or is not built yet. Neither right nor wrong.
    #[error("undecidable: {0}")]
    Undecidable(Rule),
}

/// Why a transaction cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Which keys an EverID has.
    EverIdKeys,
    /// What a bundle does.
    Bundle,
    /// What an administrator changes.
    Administration,
    /// Lists, switches and owners of tokens native to everPay.
    NativeToken,
}

impl Rule {
    /// A stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EverIdKeys => "everid_keys",
            Self::Bundle => "bundle",
            Self::Administration => "administration",
            Self::NativeToken => "native_token",
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The state of one ledger.
#[derive(Debug, Clone)]
pub struct Ledger {
    rules: Rules,
    tokens: TokenTable,
    accounts: AccountTable,
    mints: HashSet<Minted>,
    tree: Tree,
    pending: Pending,
    applied: u64,
}

impl Ledger {
    /// An empty ledger under these rules.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let mut ledger = Self {
            tokens: TokenTable::new(&rules),
            rules,
            accounts: AccountTable::default(),
            mints: HashSet::new(),
            tree: Tree::new(),
            pending: Pending::default(),
            applied: 0,
        };
        ledger.plant_rules();
        ledger
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Executes one transaction after those before it. Belongs to the open batch.
    ///
    /// # Errors
    /// The first broken rule, or the unpublished rule that would decide; then nothing has changed.
    pub fn apply(&mut self, tx: &Checked, mint: MintVerdict) -> Result<Applied, Denied> {
        let plan = self.judge(tx, mint)?;
        self.execute(tx, &plan);
        Ok(Applied { marked: plan.marked })
    }

    fn execute(&mut self, tx: &Checked, plan: &Plan) {
        let token = match plan.token {
            Some(token) => token,
            None => self.first_seen(tx),
        };
        let from = self.touch(&tx.from);
        self.accounts.slots[from].account.nonce = tx.nonce;
        match plan.effect {
            Effect::Transfer => {
                self.debit(from, token, plan);
                self.credit(&tx.to, token, plan.amount);
                self.pay_fee(token, plan);
            }
            Effect::Mint => {
                let deposit = tx.fingerprint.clone().expect("judged with a fingerprint");
                let minted = Minted { tag: tx.tag.clone(), deposit };
                self.mints.insert(minted.clone());
                self.pending.mints.push(minted);
                let supply = self.supply_mut(token);
                *supply = supply.checked_add(plan.amount).expect("judged to fit");
                self.credit(&tx.to, token, plan.amount);
            }
            Effect::Burn => {
                self.debit(from, token, plan);
                let supply = self.supply_mut(token);
                *supply = supply.checked_sub(plan.amount).expect("judged to suffice");
                self.pay_fee(token, plan);
            }
        }
        self.pending.applied += 1;
        self.applied += 1;
    }

    fn debit(&mut self, from: usize, token: TokenIndex, plan: &Plan) {
        let total = plan.amount.checked_add(plan.fee).expect("judged to fit");
        let held = self.accounts.slots[from].account.balance(token);
        self.set_balance(from, token, held.checked_sub(total).expect("judged to suffice"));
    }

    fn pay_fee(&mut self, token: TokenIndex, plan: &Plan) {
        // Without a recipient the fee is zero, by the static checks.
        if let Some(recipient) = &plan.fee_recipient {
            self.credit(recipient, token, plan.fee);
        }
    }

    fn credit(&mut self, to: &AccountId, token: TokenIndex, amount: Amount) {
        if amount.is_zero() {
            return;
        }
        let to = self.touch(to);
        let held = self.accounts.slots[to].account.balance(token);
        // No balance exceeds the supply, and the supply fits.
        self.set_balance(to, token, held.checked_add(amount).expect("a balance never exceeds its supply"));
    }

    fn set_balance(&mut self, slot: usize, token: TokenIndex, amount: Amount) {
        let account = &mut self.accounts.slots[slot].account;
        let held = !account.balance(token).is_zero();
        account.set_balance(token, amount);
        let holders = &mut self.tokens.entry_mut(token).holders;
        *holders = *holders + u64::from(!amount.is_zero()) - u64::from(held);
    }

    /// One account; `None` when it was never seen.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        let slot = self.accounts.slot(id)?;
        let account = &self.accounts.slots[slot].account;
        (!account.is_empty()).then_some(account)
    }

    /// What an account holds of a token.
    #[must_use]
    pub fn balance(&self, id: &AccountId, tag: &TokenTag) -> Amount {
        match (self.account(id), self.tokens.find(tag)) {
            (Some(account), Some(token)) => account.balance(token),
            _ => Amount::ZERO,
        }
    }

    /// Everything an account holds, sorted by tag.
    #[must_use]
    pub fn balances(&self, id: &AccountId) -> Vec<(TokenTag, Amount)> {
        self.account(id).map_or(Vec::new(), |account| self.tagged(account))
    }

    fn tagged(&self, account: &Account) -> Vec<(TokenTag, Amount)> {
        let held = account.balances.iter();
        let mut balances: Vec<_> =
            held.map(|(token, amount)| (self.tokens.entry(*token).tag.clone(), *amount)).collect();
        balances.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        balances
    }

    /// Minted minus burnt; zero for an unknown token.
    #[must_use]
    pub fn supply(&self, tag: &TokenTag) -> Amount {
        self.supply_of(self.tokens.find(tag))
    }

    fn supply_of(&self, token: Option<TokenIndex>) -> Amount {
        token.map_or(Amount::ZERO, |token| self.tokens.entry(token).state.supply)
    }

    /// Accounts with a balance of this token.
    #[must_use]
    pub fn holders(&self, tag: &TokenTag) -> u64 {
        self.tokens.find(tag).map_or(0, |token| self.tokens.entry(token).holders)
    }

    /// The tag of a token index found in an account of this ledger.
    #[must_use]
    pub fn tag(&self, token: TokenIndex) -> Option<&TokenTag> {
        self.tokens.get(token).map(|entry| &entry.tag)
    }

    /// All tokens in the order of their index.
    pub fn tokens(&self) -> impl Iterator<Item = TokenRecord> {
        self.tokens.iter().map(|(index, entry)| TokenRecord {
            tag: entry.tag.clone(),
            index,
            state: entry.state.clone(),
        })
    }

    /// All accounts, in the order in which they were first seen here.
    pub fn accounts(&self) -> impl Iterator<Item = (&AccountId, &Account)> {
        let seen = self.accounts.slots.iter().filter(|slot| !slot.account.is_empty());
        seen.map(|slot| (&slot.id, &slot.account))
    }

    /// All minted deposits, sorted by token and name.
    #[must_use]
    pub fn mints(&self) -> Vec<Minted> {
        let mut mints: Vec<_> = self.mints.iter().cloned().collect();
        mints.sort_unstable();
        mints
    }

    /// Whether a deposit was minted into that token.
    #[must_use]
    pub fn is_minted(&self, minted: &Minted) -> bool {
        self.mints.contains(minted)
    }

    /// Transactions applied since the ledger began, the open batch included.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.applied
    }

    /// The root after the last closed batch.
    #[must_use]
    pub fn root(&self) -> StateRoot {
        StateRoot::new(self.tree.root())
    }
}

/// Accounts at stable places, so that a batch can name them cheaply.
#[derive(Debug, Clone, Default)]
struct AccountTable {
    slots: Vec<Slot>,
    // Only looked up, never walked: its order depends on a seed of the process.
    by_id: HashMap<AccountId, u32>,
}

#[derive(Debug, Clone)]
struct Slot {
    id: AccountId,
    key: [u8; 32],
    account: Account,
    /// Changed in the open batch.
    touched: bool,
}

impl AccountTable {
    fn slot(&self, id: &AccountId) -> Option<usize> {
        self.by_id.get(id).map(|slot| *slot as usize)
    }

    fn slot_or_new(&mut self, id: &AccountId) -> usize {
        let next = u32::try_from(self.slots.len()).expect("memory ends long before 2^32 accounts");
        let slot = *self.by_id.entry(*id).or_insert(next);
        if slot == next {
            let slot = Slot { id: *id, key: leaf::account_key(id), account: Account::default(), touched: false };
            self.slots.push(slot);
        }
        slot as usize
    }
}
