//! What a mint says about its deposit, against what one node shows.

use super::ask::Seen;
use crate::deposit::{self, Incoming, Stranded};
use crate::node::{ChainTx, Receipt};
use crate::tokens::{ListedToken, VaultTokens};
use alloy::primitives::{Address, B256};
use everpay::{AccountId, Amount, Checked, Quantity};
use oracle::{Evidence, MintFinding, NotCheckable, RefutedWhy};

/// What a mint says about its deposit.
pub(super) struct Claim<'a> {
    /// Its name for the deposit.
    pub(super) deposit: &'a str,
    /// The transaction, if the name is one of a transaction at all.
    pub(super) hash: Option<B256>,
    pub(super) token: &'a ListedToken,
    /// `None` for an account that is no EVM address: nobody who can have signed.
    to: Option<Address>,
    amount: Amount,
}

impl<'a> Claim<'a> {
    /// The parts of a mint that a node can be asked about.
    pub(super) fn read(mint: &'a Checked, tokens: &'a VaultTokens) -> Result<Self, NotCheckable> {
        let token = tokens.by_tag(&mint.tag).ok_or(NotCheckable::TokenKind)?;
        let fingerprint = mint.fingerprint.as_ref().ok_or(NotCheckable::TokenKind)?;
        // A negative or endless amount is refused by the ledger before a deposit matters.
        let Quantity::Amount(amount) = mint.amount else { return Err(NotCheckable::TokenKind) };
        let to = match mint.to {
            AccountId::Evm(address) => Some(Address::from(address)),
            AccountId::Arweave(_) | AccountId::EverId(_) => None,
        };
        let hash = crypto::hexs::decode_array::<32>(fingerprint.as_str()).ok().map(B256::from);
        Ok(Self { deposit: fingerprint.as_str(), hash, token, to, amount })
    }

    /// The verdict that follows from what a node shows.
    pub(super) fn compare(&self, seen: Seen, tokens: &VaultTokens, mut evidence: Evidence) -> MintFinding {
        let Seen::InBlock { tx, receipt, depth } = seen else {
            return MintFinding::Refuted { reason: RefutedWhy::NotFound, evidence };
        };
        evidence.height = Some(receipt.block_number);
        evidence.block = Some(receipt.block_hash.to_string());
        evidence.confirmations_had = Some(depth.had);
        match self.contradiction(&tx, &receipt, tokens, &mut evidence) {
            Some(reason) => MintFinding::Refuted { reason, evidence },
            None if depth.enough => MintFinding::Verified { evidence },
            None => MintFinding::Refuted { reason: RefutedWhy::TooFewConfirmations, evidence },
        }
    }

    /// The first requirement that a real transaction fails as this mint's deposit. Fills in what was seen.
    fn contradiction(
        &self,
        tx: &ChainTx,
        receipt: &Receipt,
        tokens: &VaultTokens,
        evidence: &mut Evidence,
    ) -> Option<RefutedWhy> {
        evidence.sender = tx.signer.map(|signer| signer.to_string());
        evidence.target = tx.to.map(|to| to.to_string());
        if !receipt.success {
            return Some(RefutedWhy::Failed);
        }
        let came = deposit::read(tx, receipt, tokens);
        let Some(mine) = came.iter().find(|incoming| incoming.contract == self.token.contract) else {
            return Some(if came.is_empty() { RefutedWhy::WrongTarget } else { RefutedWhy::WrongToken });
        };
        evidence.target = Some(tokens.vault().to_string());
        evidence.quantity = Some(mine.amount.to_string());
        match mine.outcome {
            Ok(credit) => {
                evidence.worth = Some(credit.amount.to_string());
                if self.to != Some(credit.account) {
                    Some(RefutedWhy::WrongSender)
                } else {
                    (credit.amount != self.amount).then_some(RefutedWhy::WrongAmount)
                }
            }
            Err(why) => Some(self.stranded(why, mine, evidence)),
        }
    }

    fn stranded(&self, why: Stranded, mine: &Incoming, evidence: &mut Evidence) -> RefutedWhy {
        match why {
            Stranded::UnknownToken => RefutedWhy::WrongToken,
            Stranded::Ambiguous => RefutedWhy::Ambiguous,
            Stranded::Internal | Stranded::OtherSender => {
                // Signer and sender differ. The one that is not credited is the one that contradicts.
                if let Some(sender) = mine.senders.iter().find(|sender| self.to != Some(**sender)) {
                    evidence.sender = Some(sender.to_string());
                }
                RefutedWhy::WrongSender
            }
            Stranded::Shortfall | Stranded::Dust | Stranded::TooLarge => RefutedWhy::WrongAmount,
        }
    }
}
