//! Who signed what no burn justifies (F13), told to the replay until it takes it.
//!
//! Two kinds: other bytes under a burn that is known here, as the pipeline finds them; and a burn that stays unknown here for
//! long after a member signed for it. What always holds: so many of the latter for each owner; what the replay took is not
//! told again before the next start.

use super::Watchman;
use crate::agenda::Kind;
use crate::clock::now_ms;
use everpay::EverHash;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vault::signature::{Owner, SignedPayload};

/// How long a burn may stay unknown to our own replay, which lags behind others at times.
const UNKNOWN_MS: u64 = 30 * 60_000;
/// Signatures of unknown burns kept of each owner.
const OF_OWNER_MAX: usize = 16;

/// Somebody's signature under a burn.
type Key = (EverHash, Owner);

/// Signatures that no burn justifies, so far.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// Of burns that are unknown here, since when.
    unknown: BTreeMap<Key, (SignedPayload, u64)>,
    /// What the replay took; shared with the jobs that tell it.
    told: Arc<Mutex<BTreeSet<Key>>>,
}

fn key(signed: &SignedPayload) -> Key {
    (signed.payload().reading().ever_hash, signed.signature().owner())
}

impl Suspects {
    /// Remembers a signature of a burn that is unknown here.
    pub(super) fn note(&mut self, signed: SignedPayload, now_ms: u64) {
        let (hash, owner) = key(&signed);
        let is_full = || self.unknown.keys().filter(|(_, other)| *other == owner).count() >= OF_OWNER_MAX;
        if self.unknown.contains_key(&(hash, owner)) || !is_full() {
            self.unknown.entry((hash, owner)).or_insert((signed, now_ms));
        }
    }

    /// Forgets those whose burns became known.
    fn prune(&mut self, is_known: impl Fn(&EverHash) -> bool) {
        self.unknown.retain(|(hash, _), _| !is_known(hash));
    }

    fn overdue(&self, now_ms: u64) -> impl Iterator<Item = &SignedPayload> {
        let old = self.unknown.values().filter(move |(_, since_ms)| now_ms >= since_ms.saturating_add(UNKNOWN_MS));
        old.map(|(signed, _)| signed)
    }
}

impl Watchman {
    /// Tells the replay what it was not told yet, one signature of a burn at a time.
    pub(super) fn accuse(&mut self) {
        let pipeline = self.core.pipeline();
        self.suspects.prune(|hash| pipeline.case(hash).is_some());
        let found = pipeline.cases().flat_map(vault::pipeline::Case::evidence);
        let suspects = found.chain(self.suspects.overdue(now_ms()));
        let untold: Vec<SignedPayload> = {
            let told = lock(&self.suspects.told);
            suspects.filter(|one| !told.contains(&key(one))).cloned().collect()
        };
        untold.into_iter().for_each(|signed| self.tell_replay(signed));
    }

    fn tell_replay(&mut self, signed: SignedPayload) {
        let reading = signed.payload().reading();
        let Some(chain) = self.chain_with(&reading.contract) else { return };
        let (ledger, told) = (Arc::clone(&self.ledger), Arc::clone(&self.suspects.told));
        self.begin((Kind::Accuse, reading.ever_hash), "accusation".to_owned(), async move {
            let taken = ledger.accuse(&chain, &signed).await;
            if taken.is_ok() {
                lock(&told).insert(key(&signed));
            }
            (Vec::new(), taken.err())
        });
    }
}

fn lock(told: &Mutex<BTreeSet<Key>>) -> MutexGuard<'_, BTreeSet<Key>> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crypto::secp::EvmKey;
    use everpay::{Amount, eth_token};
    use vault::burn::{BatchRef, Burn, Lock, Vault};
    use vault::payload::Payload;

    fn signed(hash: u8, by: u8) -> SignedPayload {
        let batch = BatchRef { id: [3; 32], height: 7, time_ms: 1 };
        let (hash, to) = (EverHash::new([hash; 32]), "0x2222222222222222222222222222222222222222");
        let burn = Burn::new(hash, batch, &eth_token(), "ethereum", to, Amount::from(5_u64)).unwrap();
        let vault = Vault { chain: "ethereum".to_owned(), lock: Lock::Evm { chain_id: 1, contract: [9; 20] } };
        let payload = Payload::of(&burn, &vault).unwrap();
        let signature = EvmKey::from_bytes(&[by; 32]).unwrap().sign_digest(payload.digest().as_bytes());
        SignedPayload::check(payload, &signature).unwrap()
    }

    #[test]
    fn a_burn_that_stays_unknown_makes_its_signer_a_suspect_and_one_that_becomes_known_does_not() {
        let mut suspects = Suspects::default();
        suspects.note(signed(1, 1), 10);
        suspects.note(signed(1, 1), 20);
        suspects.note(signed(2, 1), 10);
        assert_eq!(suspects.overdue(9 + UNKNOWN_MS).count(), 0);
        suspects.prune(|hash| *hash == EverHash::new([2; 32]));
        assert_eq!(suspects.overdue(10 + UNKNOWN_MS).collect::<Vec<_>>(), [&signed(1, 1)]);
    }

    #[test]
    fn nobody_fills_the_memory_of_others() {
        let mut suspects = Suspects::default();
        (1..=40).for_each(|hash| suspects.note(signed(hash, 1), 0));
        suspects.note(signed(1, 2), 0);
        assert_eq!(suspects.overdue(UNKNOWN_MS).count(), OF_OWNER_MAX + 1);
    }
}
