//! The ledger's rules for one transaction, one check a line, in the documented order (docs/protocol-choices.md).
//!
//! What always holds: judging reads and never writes, so that a refusal changes nothing.

use super::account::{Account, TokenIndex};
use super::{Denied, Ledger, MintVerdict, Rule};
use crate::account::{AccountId, AccountType};
use crate::action::Action;
use crate::amount::{Amount, Quantity};
use crate::check::Checked;
use crate::hash::Nonce;
use crate::mint::Minted;
use crate::refusal::Refusal;
use crate::rules::{TokenSpec, Tokens};
use crate::target::is_evm_chain;
use crate::token;

/// What an accepted transaction will do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) effect: Effect,
    /// `None` for a token that this transaction is the first to name.
    pub(super) token: Option<TokenIndex>,
    pub(super) amount: Amount,
    pub(super) fee: Amount,
    pub(super) fee_recipient: Option<AccountId>,
    /// A mint whose deposit could not be looked up.
    pub(super) marked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Transfer,
    Mint,
    Burn,
}

impl Ledger {
    pub(super) fn judge(&self, tx: &Checked, mint: MintVerdict) -> Result<Plan, Denied> {
        let from = self.account(&tx.from);
        if tx.nonce <= from.map_or(Nonce::default(), Account::nonce) {
            return Err(Refusal::NonceTooLow.into());
        }
        let effect = effect(tx)?;
        let token = self.token_of(tx)?;
        let spec = token.and_then(|index| self.tokens.entry(index).spec.as_ref());
        self.check_native(tx)?;
        self.check_fee_recipient(tx)?;
        check_target(effect, tx, spec)?;
        let fee = self.fee_of(effect, tx, spec)?;
        let amount = in_range(tx.amount, Refusal::NegativeAmount)?;
        let marked = match effect {
            Effect::Mint => self.check_mint(tx, token, amount, mint)?,
            Effect::Burn => {
                check_payout(tx, spec, amount)?;
                false
            }
            Effect::Transfer => false,
        };
        if effect != Effect::Mint {
            let total = amount.checked_add(fee).ok_or(Refusal::LargerAmount)?;
            let held = from.zip(token).map_or(Amount::ZERO, |(account, token)| account.balance(token));
            if held < total {
                return Err(Refusal::InsufficientBalance.into());
            }
        }
        if effect == Effect::Burn && self.supply_of(token) < amount {
            return Err(Refusal::InsufficientTotalSupply.into());
        }
        Ok(Plan { effect, token, amount, fee, fee_recipient: tx.fee_recipient, marked })
    }

    /// The token by its tag, on its chain. Where the list is not known, any tag may be the first of its kind.
    fn token_of(&self, tx: &Checked) -> Result<Option<TokenIndex>, Refusal> {
        let Some(index) = self.tokens.find(&tx.tag) else {
            return match self.rules.tokens {
                Tokens::Open if !tx.tag.is_invalid() => Ok(None),
                Tokens::Open | Tokens::Listed(_) => Err(Refusal::TokenNotFound),
            };
        };
        if self.tokens.entry(index).state.chain_id != tx.tx.chain_id {
            return Err(Refusal::InvalidChainId);
        }
        Ok(Some(index))
    }

    /// Tokens native to everPay have owners, lists and switches whose rules were never published.
    fn check_native(&self, tx: &Checked) -> Result<(), Denied> {
        let minted_here = tx.target.as_deref() == Some("everpay") && self.rules.tokens == Tokens::Open;
        if minted_here || tx.tag.is_native() {
            return Err(Denied::Undecidable(Rule::NativeToken));
        }
        Ok(())
    }

    fn check_fee_recipient(&self, tx: &Checked) -> Result<(), Refusal> {
        match (&self.rules.tokens, tx.fee_recipient) {
            (Tokens::Open, _) | (Tokens::Listed(_), None) => Ok(()),
            (Tokens::Listed(_), Some(recipient)) if recipient == self.rules.fee_recipient => Ok(()),
            (Tokens::Listed(_), Some(_)) => Err(Refusal::InvalidFeeRecipient),
        }
    }

    fn fee_of(&self, effect: Effect, tx: &Checked, spec: Option<&TokenSpec>) -> Result<Amount, Refusal> {
        let least = match (spec, effect, tx.target.as_ref()) {
            (Some(spec), Effect::Transfer, _) => spec.transfer_fee,
            (Some(spec), Effect::Burn, Some(target)) => *spec.burn_fees.get(target).ok_or(Refusal::NotExistBurnFee)?,
            _ => Amount::ZERO,
        };
        let fee = in_range(tx.fee, Refusal::NegativeFee)?;
        // A mint moves no fee, so it may not name one.
        if fee < least || (effect == Effect::Mint && !fee.is_zero()) {
            return Err(Refusal::InvalidFee);
        }
        Ok(fee)
    }

    /// Whether the mint must be marked as not looked up.
    fn check_mint(
        &self,
        tx: &Checked,
        token: Option<TokenIndex>,
        amount: Amount,
        verdict: MintVerdict,
    ) -> Result<bool, Refusal> {
        let fingerprint = tx.fingerprint.as_ref().ok_or(Refusal::InvalidMintHash)?;
        if self.is_minted(&Minted { tag: tx.tag.clone(), deposit: fingerprint.clone() }) {
            return Err(Refusal::TxMinted);
        }
        let marked = match verdict {
            MintVerdict::Verified => false,
            MintVerdict::NotCheckable => true,
            // "Nobody looked" is not "nobody could look".
            MintVerdict::Refuted | MintVerdict::NotAMint => return Err(Refusal::InvalidMintTx),
        };
        self.supply_of(token).checked_add(amount).ok_or(Refusal::LargerAmount)?;
        Ok(marked)
    }
}

fn effect(tx: &Checked) -> Result<Effect, Denied> {
    let undecidable = |rule| Err(Denied::Undecidable(rule));
    if tx.from.kind() == AccountType::EverId {
        return undecidable(Rule::EverIdKeys);
    }
    match tx.action {
        Action::Transfer => Ok(Effect::Transfer),
        Action::Mint => Ok(Effect::Mint),
        Action::Burn => Ok(Effect::Burn),
        Action::Bundle => undecidable(Rule::Bundle),
        Action::Set => undecidable(Rule::Administration),
        Action::SetAcc | Action::Register => undecidable(Rule::EverIdKeys),
        Action::TransferOwner
        | Action::AddWhiteList
        | Action::RemoveWhiteList
        | Action::AddBlackList
        | Action::RemoveBlackList
        | Action::PauseWhiteList
        | Action::PauseBlackList
        | Action::Pause => undecidable(Rule::NativeToken),
        Action::Unknown => Err(Refusal::InvalidAction.into()),
    }
}

/// The token must exist on the chain that a mint comes from or a burn goes to.
fn check_target(effect: Effect, tx: &Checked, spec: Option<&TokenSpec>) -> Result<(), Refusal> {
    match (effect, spec, &tx.target) {
        (Effect::Mint | Effect::Burn, Some(spec), Some(target)) if !spec.targets.contains_key(target) => {
            Err(Refusal::NotFoundTargetChainInfo)
        }
        _ => Ok(()),
    }
}

/// A burn must name a recipient of the target chain and an amount that exists there in whole units.
fn check_payout(tx: &Checked, spec: Option<&TokenSpec>, amount: Amount) -> Result<(), Refusal> {
    let target = tx.target.as_deref().unwrap_or_default();
    let wanted = match target {
        "arweave" | "aostest" => Some(AccountType::Arweave),
        chain if is_evm_chain(chain) => Some(AccountType::Ethereum),
        _ => None,
    };
    if wanted.is_some_and(|wanted| wanted != tx.to.kind()) {
        return Err(Refusal::InvalidBurnTx);
    }
    let Some((spec, info)) = spec.and_then(|spec| Some((spec, spec.targets.get(target)?))) else {
        return Ok(());
    };
    match token::burn_amount(amount, spec.decimals, info.decimals) {
        Some(_) => Ok(()),
        None => Err(Refusal::InvalidBurnTx),
    }
}

fn in_range(quantity: Quantity, negative: Refusal) -> Result<Amount, Refusal> {
    match quantity {
        Quantity::Amount(amount) => Ok(amount),
        Quantity::Negative => Err(negative),
        Quantity::TooLarge => Err(Refusal::LargerAmount),
    }
}
