//! Alerts about what vaults paid (F11) and owners signed (F13) without a burn, with what a third party needs to look again.

use super::acts::payload;
use super::history::Vault;
use super::judge::Burn;
use crate::alert::{Alert, Comparison, Link, Param, Place, Rule, param};
use crate::evidence::{compare, link};
use crate::vaults::alerts::base;
use crypto::hexs::encode0x;
use everpay::lock_contract::Proposal;
use store::ledger::{ActPlace, ActRow};
use vault_evm::release::{Finding, Nature, Payment, Rule as Broken, nature};

/// An act that no burn justifies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offence<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) row: &'a ActRow,
    pub(crate) finding: &'a Finding,
    pub(crate) burn: Option<&'a Burn>,
    /// Number of the batch up to which the ledger was read.
    pub(crate) batch: u64,
}

impl Offence<'_> {
    pub(crate) fn rule(&self) -> Rule {
        match self.finding.rule {
            Broken::F11 => Rule::F11,
            Broken::F13 => Rule::F13,
        }
    }

    /// The same payout in another block, or the same signature submitted again, is the same wrong thing.
    pub(crate) fn key(&self) -> String {
        let (rule, chain, id) = (self.rule().id(), self.vault.chain(), encode0x(&self.finding.proposal.tx_hash()));
        match self.finding.signer {
            None => format!("{rule}:{chain}:{id}"),
            Some(signer) => format!("{rule}:{chain}:{}:{id}", encode0x(signer.as_slice())),
        }
    }

    pub(crate) fn alert(&self, now_ms: u64) -> Alert {
        let code = self.finding.why.code();
        let mut alert = base(self.key(), self.rule(), code, self.place(), now_ms);
        alert.params = self.params();
        alert.comparison = self.comparison();
        alert.evidence = vec![self.act_link(), self.burn_link(), link("ruleBroken", false, vec![param("code", code)])];
        alert
    }

    fn place(&self) -> Place {
        let burn = self.burn.map(|burn| &burn.row);
        Place {
            batch_id: burn.map(|row| row.batch_id.clone()).unwrap_or_default(),
            batch: burn.map(|row| row.batch),
            item: None,
            ever_hash: Some(self.row.ever_hash.clone()),
        }
    }

    fn params(&self) -> Vec<Param> {
        let proposal = &self.finding.proposal;
        let mut params = vec![param("chain", self.vault.chain()), param("reason", self.finding.why.code())];
        params.extend(self.finding.signer.map(|signer| param("signer", signer)));
        match nature(proposal) {
            Nature::Pays(paid) => params.extend(self.payment(&paid)),
            Nature::Administers | Nature::Otherwise => params.push(param("to", crypto::eip55(&proposal.to))),
        }
        params
    }

    /// Amounts are in the base units of the chain, so that these are its decimals.
    fn payment(&self, paid: &Payment) -> Vec<Param> {
        let mut params = vec![param("to", paid.to), param("amount", paid.amount), param("token", paid.token)];
        if let Some(token) = self.vault.tokens.token(paid.token) {
            params.extend([
                param("symbol", &token.spec.symbol),
                param("tag", &token.tag),
                param("decimals", token.target_decimals),
            ]);
        }
        params
    }

    /// What was carried out or signed beside what the burn asks for.
    fn comparison(&self) -> Vec<Comparison> {
        let payment = |proposal: &Proposal| match nature(proposal) {
            Nature::Pays(payment) => Some(payment),
            Nature::Administers | Nature::Otherwise => None,
        };
        let found = payment(&self.finding.proposal);
        let due = self.finding.expected.as_ref().and_then(payment);
        let text = |value: Option<String>| value.unwrap_or_default();
        let mut rows =
            vec![compare("payee", text(found.map(|p| p.to.to_string())), text(due.map(|p| p.to.to_string())))];
        match (found, due) {
            (Some(found), Some(due)) if (found.token, found.minted) != (due.token, due.minted) => {
                rows.push(compare("payoutToken", found.token.to_string(), due.token.to_string()));
            }
            (Some(found), due) => {
                rows.push(compare(
                    "payout",
                    found.amount.to_string(),
                    due.map_or("0".to_owned(), |p| p.amount.to_string()),
                ));
            }
            (None, _) => {}
        }
        rows
    }

    fn act_link(&self) -> Link {
        let proposal = &self.finding.proposal;
        let mut facts = Vec::new();
        facts.extend(self.finding.signer.map(|signer| param("signer", signer)));
        facts.extend(self.row.place.as_ref().map(shown_place).into_iter().flatten());
        facts.extend([
            param("chain", self.vault.chain()),
            param("locker", self.vault.tokens.vault()),
            param("digest", encode0x(&proposal.tx_hash())),
            param("payload", encode0x(&payload(proposal))),
        ]);
        let code = match (&self.row.signature, self.finding.signer) {
            (Some(signature), _) => {
                facts.push(param("signature", encode0x(signature)));
                "signatureGiven"
            }
            (None, Some(_)) => "signatureSubmitted",
            (None, None) => "vaultExecuted",
        };
        link(code, true, facts)
    }

    fn burn_link(&self) -> Link {
        let hash = param("everHash", &self.row.ever_hash);
        match self.burn {
            Some(burn) => {
                link("burnFound", true, vec![hash, param("batch", burn.row.batch), param("to", &burn.row.recipient)])
            }
            None => link("noBurn", false, vec![hash, param("batch", self.batch)]),
        }
    }
}

fn shown_place(place: &ActPlace) -> Vec<Param> {
    vec![param("tx", encode0x(&place.tx)), param("height", place.block), param("block", encode0x(&place.block_hash))]
}
