//! Signatures of owners that watchmen bring: evidence that needs no chain (F13).

use super::View;
use crate::service::now_ms;
use crate::vaults::audit::brought;
use crypto::secp::Recoverer;
use everpay::Amount;
use everpay::lock_contract::{Proposal, ec_address};
use store::ledger::Brought;
use store::sqlite::StoreError;

/// Signatures that are kept of one owner until they are judged, and of those that no burn justifies.
const OF_OWNER_MAX: u32 = 16;

/// What somebody is said to have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accusation {
    /// Chain of the vault.
    pub chain: String,
    /// Who signed.
    pub owner: [u8; 20],
    /// What.
    pub proposal: Proposal,
    /// The signature: r, s, v with v 27 or 28.
    pub signature: [u8; 65],
}

/// What came of an accusation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accused {
    /// It is kept, and judged in one of the next rounds: it becomes alert F13 unless a burn justifies what was signed, or the
    /// signer never owned the vault.
    Noted,
    /// The same was brought before, or the chain shows it.
    Known,
}

/// Why an accusation is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccuseError {
    /// Nobody reads a vault there.
    #[error("no vault on {0} is watched")]
    NoVault(String),
    /// The proposal is to another contract or chain.
    #[error("what was signed is not for the vault of this ledger")]
    OtherVault,
    /// The signature is not of this account, or is broken.
    #[error("the signature is not of the accused over what it came with")]
    OtherSigner,
    /// Enough is known of this owner.
    #[error("{OF_OWNER_MAX} signatures of this owner are kept already")]
    TooMany,
    /// The vault was not looked at yet; trying again helps.
    #[error("the vault was not looked at yet")]
    NotYet,
    /// The database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl View {
    /// Takes the signature of an owner of a vault under something that no burn seems to justify. It is judged by what this
    /// detector's own replay verified, once that reached the end of the ledger.
    ///
    /// # Errors
    /// [`AccuseError`]; nothing is kept then.
    pub async fn accuse(&self, accusation: &Accusation) -> Result<Accused, AccuseError> {
        let Accusation { chain, owner, proposal, signature } = accusation;
        let known = self.shared.histories.get().and_then(|histories| histories.get(chain));
        let (vault, _) = known.ok_or_else(|| AccuseError::NoVault(chain.clone()))?;
        let contract = vault.tokens.vault();
        if proposal.contract != contract.into_array() || proposal.chain_id != Amount::from(vault.chain_id) {
            return Err(AccuseError::OtherVault);
        }
        let signer = ec_address(&Recoverer::new(), &proposal.tx_hash(), signature);
        if signer != Ok(*owner) || *owner == [0; 20] {
            return Err(AccuseError::OtherSigner);
        }
        let act = brought(*owner, proposal, signature, now_ms());
        match self.store.bring_act(chain, &act, OF_OWNER_MAX).await? {
            Brought::Taken => Ok(Accused::Noted),
            Brought::Known => Ok(Accused::Known),
            Brought::TooMany => Err(AccuseError::TooMany),
            Brought::NoChain => Err(AccuseError::NotYet),
        }
    }
}
