//! What one transaction brought into a vault, token by token. Pure: a transaction and its receipt in, findings out.
//!
//! All that came in for a token is one finding: `Deposit(sender, value)` of the vault for the coin, `Transfer(from, vault,
//! value)` of its contract for an ERC-20. It credits the transaction's signer when every one of these logs names that
//! signer as sender; everything else is *stranded* with a reason, and nobody is guessed. Logs of nothing are ignored.
//! Amounts are the chain's base units; what is credited is in the ledger's. See `docs/deposits.md`.

use crate::node::{ChainTx, Receipt};
use crate::tokens::{ListedToken, VaultTokens};
use alloy::primitives::{Address, Log, U256};
use alloy::sol_types::{SolCall, SolEvent};
use everpay::Amount;
use everpay::mint::deposit_amount;
use std::collections::{BTreeMap, BTreeSet};

mod abi {
    #![allow(missing_docs, reason = "generated from the declarations below")]
    alloy::sol! {
        /// What the vault says of coins that come in.
        event Deposit(address indexed sender, uint256 value);
        /// What an ERC-20 contract says of tokens that move.
        event Transfer(address indexed from, address indexed to, uint256 value);
        /// The plain way to send tokens of an ERC-20 contract.
        function transfer(address to, uint256 value) external returns (bool);
    }
}
pub use abi::{Deposit, Transfer, transferCall};

/// What came in for one token in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Contract of the token; zero for the coin.
    pub contract: Address,
    /// The listed token of that contract, if there is one.
    pub token: Option<ListedToken>,
    /// The sum, in the chain's base units; the largest number when the sum exceeds it.
    pub amount: Amount,
    /// Who sent it, by the logs; each once, in order of the addresses. At least one.
    pub senders: Vec<Address>,
    /// Whom it credits with how much, or why nobody.
    pub outcome: Result<Credit, Stranded>,
}

/// A deposit that may be minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit {
    /// The depositor: signer of the transaction.
    pub account: Address,
    /// What is minted, in the ledger's base units; never zero.
    pub amount: Amount,
}

/// Why what came in credits nobody, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stranded {
    /// Sent by a contract that no listed token names.
    UnknownToken,
    /// Several senders, or a transaction without a signer that can be named.
    Ambiguous,
    /// Coins that a contract sent, not the signer.
    Internal,
    /// Tokens of somebody other than the signer.
    OtherSender,
    /// A plain transfer that brought another amount than it names: the token takes a fee on the way.
    Shortfall,
    /// Too little for one base unit of the ledger.
    Dust,
    /// More than a ledger can count.
    TooLarge,
}

impl Stranded {
    /// A stable name for rows and pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownToken => "unknownToken",
            Self::Ambiguous => "ambiguous",
            Self::Internal => "internal",
            Self::OtherSender => "otherSender",
            Self::Shortfall => "shortfall",
            Self::Dust => "dust",
            Self::TooLarge => "tooLarge",
        }
    }
}

/// All of one token that a transaction moved in and out of the vault.
#[derive(Debug, Default)]
struct Moved {
    came: U256,
    left: U256,
    overflow: bool,
    senders: BTreeSet<Address>,
}

impl Moved {
    fn came(&mut self, sender: Address, value: U256) {
        let (sum, overflow) = self.came.overflowing_add(value);
        self.came = sum;
        self.overflow |= overflow;
        self.senders.insert(sender);
    }
}

/// What `tx` brought into the vault: one finding per token, by contract. Nothing when it failed.
///
/// The receipt must be this transaction's ([`crate::Node::receipt`] sees to that).
#[must_use]
pub fn read(tx: &ChainTx, receipt: &Receipt, tokens: &VaultTokens) -> Vec<Incoming> {
    if !receipt.success || receipt.tx != tx.hash {
        return Vec::new();
    }
    let mut moved = BTreeMap::<Address, Moved>::new();
    for log in &receipt.logs {
        add(&mut moved, &log.inner, tokens.vault());
    }
    moved.retain(|_, moved| !moved.senders.is_empty());
    moved.into_iter().map(|(contract, moved)| incoming(contract, moved, tx, tokens)).collect()
}

/// What a log says moved; logs of other shapes, and of nothing, say nothing.
fn add(moved: &mut BTreeMap<Address, Moved>, log: &Log, vault: Address) {
    if log.address == vault
        && let Ok(Log { data: Deposit { sender, value }, .. }) = Deposit::decode_log_validate(log)
        && !value.is_zero()
    {
        moved.entry(Address::ZERO).or_default().came(sender, value);
    }
    if let Ok(Log { data: Transfer { from, to, value }, .. }) = Transfer::decode_log_validate(log)
        && !value.is_zero()
    {
        if to == vault {
            moved.entry(log.address).or_default().came(from, value);
        }
        if from == vault {
            let token = moved.entry(log.address).or_default();
            token.left = token.left.saturating_add(value);
        }
    }
}

fn incoming(contract: Address, moved: Moved, tx: &ChainTx, tokens: &VaultTokens) -> Incoming {
    let token = tokens.token(contract);
    let amount = if moved.overflow { U256::MAX } else { moved.came };
    let amount = Amount::from_be_bytes(amount.to_be_bytes());
    let outcome = match token {
        None => Err(Stranded::UnknownToken),
        Some(token) => credit(&moved, tx, token, tokens, amount),
    };
    Incoming { contract, token: token.cloned(), amount, senders: moved.senders.into_iter().collect(), outcome }
}

fn credit(
    moved: &Moved,
    tx: &ChainTx,
    token: &ListedToken,
    tokens: &VaultTokens,
    amount: Amount,
) -> Result<Credit, Stranded> {
    let account = tx.signer.ok_or(Stranded::Ambiguous)?;
    let mut senders = moved.senders.iter();
    match (senders.next(), senders.next()) {
        (Some(only), None) if *only == account => {}
        (Some(_), None) if token.contract.is_zero() => return Err(Stranded::Internal),
        (Some(_), None) => return Err(Stranded::OtherSender),
        _ => return Err(Stranded::Ambiguous),
    }
    if moved.overflow {
        return Err(Stranded::TooLarge);
    }
    if promised(tx, token, tokens.vault()).is_some_and(|promised| moved.came.checked_sub(moved.left) != Some(promised))
    {
        return Err(Stranded::Shortfall);
    }
    let worth = deposit_amount(&token.spec, tokens.chain(), amount).map_err(|_| Stranded::TooLarge)?;
    if worth.is_zero() { Err(Stranded::Dust) } else { Ok(Credit { account, amount: worth }) }
}

/// The amount that a direct `transfer(vault, amount)` call on the token names.
fn promised(tx: &ChainTx, token: &ListedToken, vault: Address) -> Option<U256> {
    let call = (tx.to == Some(token.contract)).then(|| transferCall::abi_decode(&tx.input).ok())??;
    (call.to == vault).then_some(call.value)
}
