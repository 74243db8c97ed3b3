//! Self-halt: a vault whose funds and debts do not fit signs nothing, until people who looked say why it may again.
//!
//! What always holds: a halt is lifted only by a person who names every cause that stands, and gives a reason; a cause that
//! was lifted does not halt again, a new one does. Payouts that left before the halt go on, since the chain will carry them
//! out anyhow; nothing else does.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Longest reason, bytes.
const REASON_LEN_MAX: usize = 2_000;

/// What halts a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// It holds less than the ledger owes (F12).
    Shortfall,
    /// A deposit that was minted is gone from its chain.
    MintUndone,
    /// It paid what no burn justifies (F11), or the ledger is fraudulent.
    Fraud,
    /// A person stopped it.
    Person,
}

/// A cause that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// What.
    pub cause: Cause,
    /// Since when, Unix ms.
    pub since_ms: u64,
}

/// The halted vaults by chain, and within it by the key of the cause: the alert or episode it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Halts {
    standing: BTreeMap<String, BTreeMap<String, Halt>>,
    lifted: BTreeSet<(String, String)>,
}

/// Why a vault stays halted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StaysHalted {
    /// It is not.
    #[error("this vault is not halted")]
    NotHalted,
    /// The person did not see all that stands, or something else.
    #[error("the causes that stand are others than those that were looked at")]
    OtherCauses,
    /// Without a reason, or a name, nothing is lifted.
    #[error("lifting a halt needs a name and a reason of at most {REASON_LEN_MAX} bytes")]
    NoReason,
}

impl Halts {
    /// What halts the vault of this chain, by key; `None` when nothing does.
    #[must_use]
    pub fn of(&self, chain: &str) -> Option<&BTreeMap<String, Halt>> {
        self.standing.get(chain)
    }

    /// Halts a vault. False when that cause stands already or was lifted.
    pub(crate) fn raise(&mut self, chain: &str, key: &str, cause: Cause, now_ms: u64) -> bool {
        if self.lifted.contains(&(chain.to_owned(), key.to_owned())) {
            return false;
        }
        let standing = self.standing.entry(chain.to_owned()).or_default();
        let is_new = !standing.contains_key(key);
        standing.entry(key.to_owned()).or_insert(Halt { cause, since_ms: now_ms });
        is_new
    }

    /// Arms a vault again.
    pub(crate) fn rearm(
        &mut self,
        chain: &str,
        keys: &BTreeSet<String>,
        by: &str,
        reason: &str,
    ) -> Result<(), StaysHalted> {
        let standing = self.standing.get(chain).ok_or(StaysHalted::NotHalted)?;
        if by.trim().is_empty() || reason.trim().is_empty() || reason.len() > REASON_LEN_MAX {
            return Err(StaysHalted::NoReason);
        }
        if !standing.keys().eq(keys.iter()) {
            return Err(StaysHalted::OtherCauses);
        }
        self.standing.remove(chain);
        self.lifted.extend(keys.iter().map(|key| (chain.to_owned(), key.clone())));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> BTreeSet<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn only_who_saw_every_cause_and_gives_a_reason_arms_a_vault_again() {
        let mut halts = Halts::default();
        assert_eq!(halts.rearm("ethereum", &keys(&[]), "A", "looked"), Err(StaysHalted::NotHalted));
        assert!(halts.raise("ethereum", "short-1", Cause::Shortfall, 5));
        assert!(!halts.raise("ethereum", "short-1", Cause::Shortfall, 6));
        assert!(halts.raise("ethereum", "mint-1", Cause::MintUndone, 7));
        let rearm = |halts: &mut Halts, seen: &[&str], reason| halts.rearm("ethereum", &keys(seen), "A", reason);
        assert_eq!(rearm(&mut halts, &["short-1"], "looked"), Err(StaysHalted::OtherCauses));
        assert_eq!(rearm(&mut halts, &["short-1", "mint-1"], " "), Err(StaysHalted::NoReason));
        assert_eq!(halts.of("ethereum").map(BTreeMap::len), Some(2));
        assert_eq!(rearm(&mut halts, &["short-1", "mint-1"], "topped up"), Ok(()));
        assert_eq!(halts.of("ethereum"), None);
    }

    #[test]
    fn a_lifted_cause_does_not_halt_again_and_a_new_one_does() {
        let mut halts = Halts::default();
        halts.raise("ethereum", "short-1", Cause::Shortfall, 5);
        assert_eq!(halts.rearm("ethereum", &keys(&["short-1"]), "A", "topped up"), Ok(()));
        assert!(!halts.raise("ethereum", "short-1", Cause::Shortfall, 8));
        assert_eq!(halts.of("ethereum"), None);
        assert!(halts.raise("bsc", "short-1", Cause::Shortfall, 8));
        assert!(halts.raise("ethereum", "short-2", Cause::Shortfall, 8));
    }
}
