//! What a vault did about burns that are not done with, and how far it was read: in memory, and in a file so that a start
//! goes on where the last one ended.
//!
//! The file (`events-CHAIN.json`) is replaced whole, now and then: what was read since is read again, which changes nothing.
//! What always holds: what stands in blocks that dropped out is forgotten with them; a file of another chain, vault or start,
//! or one that cannot be read, is not used. What it does not do: decide anything; that a burn is not released is asked of the
//! chain (W3).

use crate::disk::{self, FileError};
use alloy::primitives::{Address, B256};
use everpay::EverHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::vault::{CHECKPOINTS_MAX, Checkpoint, Progress};
use vault::signature::Owner;
use vault_evm::release::{At, Event, Events};

const VERSION: u32 = 1;
/// Blocks that may be read again after a start.
const UNSAVED_MAX: u64 = 256;

/// Where something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) block: u64,
    pub(super) tx: B256,
}

/// What the vault did about one burn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The payout, and the vault's id of it.
    pub(super) execution: Option<(Place, B256)>,
    pub(super) failure: Option<Place>,
    pub(super) signed: BTreeMap<Owner, Place>,
}

/// Which vault is read, and from where on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subject {
    pub(super) chain_id: u64,
    pub(super) vault: Address,
    pub(super) start: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    version: u32,
    subject: Subject,
    next: u64,
    checkpoints: Vec<(u64, B256)>,
    burns: BTreeMap<EverHash, Seen>,
}

/// The record of one vault.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    subject: Subject,
    progress: Progress,
    seen: BTreeMap<EverHash, Seen>,
    saved_next: u64,
    is_changed: bool,
}

impl Record {
    /// Takes up the record in `path`, or begins one. Blocks.
    pub(super) fn open(path: PathBuf, subject: Subject) -> Result<Self, FileError> {
        let kept = disk::read(&path)?.and_then(|bytes| match serde_json::from_slice::<Kept>(&bytes) {
            Ok(kept) => Some(kept).filter(|kept| kept.version == VERSION && kept.subject == subject),
            Err(why) => {
                tracing::warn!(path = %path.display(), %why, "the record of the vault cannot be read; it is made anew");
                None
            }
        });
        let (next, checkpoints, seen) = match kept {
            Some(Kept { next, checkpoints, burns, .. }) => (next.max(subject.start), checkpoints, burns),
            None => (subject.start, Vec::new(), BTreeMap::new()),
        };
        let checkpoints = checkpoints.into_iter().map(|(number, hash)| Checkpoint { number, hash: hash.0 }).collect();
        let progress = Progress { next, checkpoints };
        Ok(Self { path, subject, saved_next: progress.next, progress, seen, is_changed: false })
    }

    /// How far the vault was read.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// What is known about a burn.
    pub(super) fn of(&self, ever_hash: &EverHash) -> Option<&Seen> {
        self.seen.get(ever_hash)
    }

    /// The burns that were paid.
    pub(super) fn paid(&self) -> impl Iterator<Item = &EverHash> {
        self.seen.iter().filter(|(_, seen)| seen.execution.is_some()).map(|(hash, _)| hash)
    }

    /// Takes what the next range of blocks brought.
    pub(super) fn take(&mut self, events: &Events) {
        for said in &events.events {
            self.is_changed |= self.take_one(&said.event, said.at);
        }
        self.progress.next = events.end.number + 1;
        self.progress.checkpoints.push(events.end);
        // The first one tells this chain from another.
        if self.progress.checkpoints.len() > usize::try_from(CHECKPOINTS_MAX).unwrap_or(usize::MAX) {
            self.progress.checkpoints.remove(1);
        }
    }

    fn take_one(&mut self, event: &Event, at: At) -> bool {
        let Some(proposal) = event.proposal() else { return false };
        let place = Place { block: at.block, tx: at.tx };
        let seen = self.seen.entry(proposal.ever_hash).or_default();
        match event {
            // Administration carries an everHash of its own and pays nothing.
            Event::Execution(proposal) if proposal.to != proposal.contract => {
                seen.execution = Some((place, proposal.tx_hash().into()));
            }
            Event::ExecutionFailure(_) => seen.failure = Some(place),
            Event::Submission { owner, .. } => {
                seen.signed.insert(Owner::new((*owner).into()), place);
            }
            _ => {}
        }
        if *seen == Seen::default() {
            self.seen.remove(&proposal.ever_hash);
            return false;
        }
        true
    }

    /// Forgets what stood in the blocks from here on.
    pub(super) fn rewind(&mut self, next: u64) {
        self.progress.next = next;
        self.progress.checkpoints.retain(|known| known.number < next);
        self.saved_next = self.saved_next.min(next);
        self.is_changed = true;
        let stands = |place: &Place| place.block < next;
        self.seen.retain(|_, seen| {
            seen.execution = seen.execution.filter(|(place, _)| stands(place));
            seen.failure = seen.failure.filter(stands);
            seen.signed.retain(|_, place| stands(place));
            *seen != Seen::default()
        });
    }

    /// Forgets a burn that is done with.
    pub(super) fn forget(&mut self, ever_hash: &EverHash) {
        self.is_changed |= self.seen.remove(ever_hash).is_some();
    }

    /// The file as it should be, when there is enough to write; [`Record::saved`] once it is.
    pub(super) fn unsaved(&self) -> Option<Vec<u8>> {
        if !self.is_changed && self.progress.next < self.saved_next.saturating_add(UNSAVED_MAX) {
            return None;
        }
        let checkpoints = self.progress.checkpoints.iter().map(|known| (known.number, known.hash.into()));
        let kept = Kept {
            version: VERSION,
            subject: self.subject.clone(),
            next: self.progress.next,
            checkpoints: checkpoints.collect(),
            burns: self.seen.clone(),
        };
        Some(serde_json::to_vec(&kept).expect("plain data with texts as keys"))
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file is as the record.
    pub(super) fn saved(&mut self) {
        (self.saved_next, self.is_changed) = (self.progress.next, false);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use everpay::Amount;
    use everpay::lock_contract::Proposal;
    use vault_evm::release::VaultEvent;

    const VAULT: [u8; 20] = [9; 20];

    fn subject() -> Subject {
        Subject { chain_id: 1, vault: VAULT.into(), start: 5 }
    }

    fn hash(number: u8) -> EverHash {
        EverHash::new([number; 32])
    }

    fn payout(number: u8, to: [u8; 20]) -> Proposal {
        let (chain_id, proposal_id, value) = (Amount::from(1_u64), Amount::from(7_u64), Amount::from(5_u64));
        Proposal { chain_id, contract: VAULT, proposal_id, ever_hash: hash(number), to, value, data: Vec::new() }
    }

    fn range(from: u64, to: u64, events: Vec<(u64, Event)>) -> Events {
        let at = |block| At { block, index: 0, block_hash: B256::ZERO, tx: B256::with_last_byte(1) };
        let events = events.into_iter().map(|(block, event)| VaultEvent { at: at(block), event });
        Events { from, end: Checkpoint { number: to, hash: [1; 32] }, events: events.collect() }
    }

    /// Writes the file if that is due; whether it was.
    fn save(record: &mut Record) -> bool {
        let Some(bytes) = record.unsaved() else { return false };
        disk::replace(record.path(), &bytes).unwrap();
        record.saved();
        true
    }

    #[test]
    fn a_start_goes_on_where_the_last_one_saved_and_another_vault_begins_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events");
        let mut record = Record::open(path.clone(), subject()).unwrap();
        assert_eq!(record.progress(), Progress { next: 5, checkpoints: Vec::new() });
        let signed = Event::Submission { owner: Address::repeat_byte(3), proposal: payout(2, [4; 20]) };
        record.take(&range(5, 9, vec![(6, Event::Execution(payout(1, [4; 20]))), (7, signed)]));
        assert!(save(&mut record));
        let again = Record::open(path.clone(), subject()).unwrap();
        assert_eq!((again.progress(), &again.seen), (record.progress(), &record.seen));
        assert_eq!(again.paid().collect::<Vec<_>>(), [&hash(1)]);
        let other = Record::open(path.clone(), Subject { start: 6, ..subject() }).unwrap();
        assert_eq!((other.progress().next, other.seen.len()), (6, 0));
        std::fs::write(&path, "{").unwrap();
        assert_eq!(Record::open(path, subject()).unwrap().progress().next, 5);
    }

    #[test]
    fn what_stood_in_blocks_that_dropped_out_is_forgotten_and_administration_is_no_payout() {
        let dir = tempfile::tempdir().unwrap();
        let mut record = Record::open(dir.path().join("events"), subject()).unwrap();
        let paid = |number| Event::Execution(payout(number, [4; 20]));
        record.take(&range(5, 9, vec![(6, paid(1)), (7, Event::Execution(payout(3, VAULT)))]));
        record.take(&range(10, 12, vec![(11, paid(2)), (12, Event::ExecutionFailure(payout(1, [4; 20])))]));
        assert_eq!(record.paid().count(), 2);
        record.rewind(10);
        assert_eq!(record.paid().collect::<Vec<_>>(), [&hash(1)]);
        assert_eq!(record.of(&hash(1)).unwrap().failure, None);
        assert_eq!((record.progress().next, record.progress().checkpoints.len()), (10, 1));
    }

    #[test]
    fn quiet_blocks_are_written_down_once_in_a_while_and_so_many_checkpoints_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut record = Record::open(dir.path().join("events"), subject()).unwrap();
        for block in 5..5 + UNSAVED_MAX {
            record.take(&range(block, block, Vec::new()));
            assert_eq!(save(&mut record), block == 4 + UNSAVED_MAX, "block {block}");
        }
        (0..1_000).for_each(|more| record.take(&range(1_000 + more, 1_000 + more, Vec::new())));
        let kept = record.progress().checkpoints;
        let bound = usize::try_from(CHECKPOINTS_MAX).unwrap();
        assert_eq!((kept.len(), kept[0].number, kept[bound - 1].number), (bound, 5, 1_999));
    }
}
