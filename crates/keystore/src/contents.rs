//! The keys of an unlocked keystore as a pure value: what may be added, renamed, removed and merged.
//!
//! What always holds: no two keys share an identity or a label; number and encoded length are bounded; a refusal
//! changes nothing.

use crate::codec::{CONTENT_LEN_MAX, encoded_len};
use crate::entry::{Entry, EntryId, Record};
use crate::label::Label;

/// Most keys of a keystore.
pub const ENTRIES_MAX: usize = 256;

/// Why keys stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The key is here already, under this label.
    #[error("this key is in the keystore already, as {0}")]
    KnownKey(Label),
    /// Another key has this label.
    #[error("another key is called {0}")]
    LabelTaken(Label),
    /// Too many keys or too many bytes.
    #[error("the keystore is full")]
    Full,
    /// No key has this id.
    #[error("no key has the id {0}")]
    NoSuchKey(EntryId),
    /// The keys changed after the preview that was approved.
    #[error("the keys are not those of the preview")]
    PreviewStale,
}

impl Refusal {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KnownKey(_) => "key_known",
            Self::LabelTaken(_) => "label_taken",
            Self::Full => "keystore_full",
            Self::NoSuchKey(_) => "no_such_key",
            Self::PreviewStale => "preview_stale",
        }
    }
}

/// The keys, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    records: Vec<Record>,
}

impl Contents {
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.records.iter().map(|record| record.entry.clone()).collect()
    }

    pub(crate) fn get(&self, id: EntryId) -> Option<&Record> {
        self.records.iter().find(|record| record.entry.id() == id)
    }

    pub(crate) fn has_label(&self, label: &Label) -> bool {
        self.records.iter().any(|record| record.entry.label == *label)
    }

    pub(crate) fn add(&mut self, record: Record) -> Result<(), Refusal> {
        if let Some(known) = self.get(record.entry.id()) {
            return Err(Refusal::KnownKey(known.entry.label.clone()));
        }
        if self.has_label(&record.entry.label) {
            return Err(Refusal::LabelTaken(record.entry.label));
        }
        if self.records.len() >= ENTRIES_MAX {
            return Err(Refusal::Full);
        }
        self.records.push(record);
        if encoded_len(self) > CONTENT_LEN_MAX {
            self.records.pop();
            return Err(Refusal::Full);
        }
        Ok(())
    }

    pub(crate) fn rename(&mut self, id: EntryId, label: Label) -> Result<(), Refusal> {
        if self.records.iter().any(|record| record.entry.label == label && record.entry.id() != id) {
            return Err(Refusal::LabelTaken(label));
        }
        let record = self.records.iter_mut().find(|record| record.entry.id() == id);
        record.ok_or(Refusal::NoSuchKey(id))?.entry.label = label;
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: EntryId) -> Result<Record, Refusal> {
        let position = self.records.iter().position(|record| record.entry.id() == id).ok_or(Refusal::NoSuchKey(id))?;
        Ok(self.records.remove(position))
    }

    /// Puts `record` where the key of the same identity is.
    pub(crate) fn replace(&mut self, record: Record) -> Result<(), Refusal> {
        let id = record.entry.id();
        let position = self.records.iter().position(|ours| ours.entry.id() == id).ok_or(Refusal::NoSuchKey(id))?;
        let old = std::mem::replace(&mut self.records[position], record);
        if encoded_len(self) > CONTENT_LEN_MAX {
            self.records[position] = old;
            return Err(Refusal::Full);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::entry::{Identity, Secret, ShareName};
    use crypto::secp::EvmKey;

    pub(crate) fn evm(label: &str, secret: [u8; 32]) -> Record {
        let identity = Identity::Evm(EvmKey::from_bytes(&secret).unwrap().address());
        let entry = Entry { label: Label::new(label).unwrap(), identity, created_ms: 1_700_000_000_000 };
        Record::new(entry, Secret::copy_of(&secret))
    }

    pub(crate) fn share(label: &str, name: &[u8], secret: &[u8]) -> Record {
        let identity = Identity::Share(ShareName::new(name).unwrap());
        let entry = Entry { label: Label::new(label).unwrap(), identity, created_ms: 1_700_000_000_001 };
        Record::new(entry, Secret::copy_of(secret))
    }

    pub(crate) fn contents_of_three() -> Contents {
        let mut contents = Contents::default();
        for record in [evm("Main", [1; 32]), evm("Second 守", [2; 32]), share("Share", b"group 7, member 1", b"secret")]
        {
            contents.add(record).unwrap();
        }
        contents
    }

    #[test]
    fn a_key_and_a_label_occur_once() {
        let mut contents = contents_of_three();
        let before = contents.entries();
        assert_eq!(contents.add(evm("Other", [1; 32])), Err(Refusal::KnownKey(Label::new("Main").unwrap())));
        assert_eq!(contents.add(evm("Main", [3; 32])), Err(Refusal::LabelTaken(Label::new("Main").unwrap())));
        let (first, unknown) = (before[0].id(), Identity::Evm([0; 20]).id());
        assert_eq!(contents.rename(first, before[1].label.clone()), Err(Refusal::LabelTaken(before[1].label.clone())));
        assert_eq!(contents.rename(unknown, Label::new("New").unwrap()), Err(Refusal::NoSuchKey(unknown)));
        assert_eq!(contents.remove(unknown).unwrap_err(), Refusal::NoSuchKey(unknown));
        assert_eq!(contents.replace(evm("New", [3; 32])).unwrap_err().code(), "no_such_key");
        assert_eq!(contents.entries(), before);
        contents.rename(first, before[0].label.clone()).unwrap();
        contents.rename(first, Label::new("New").unwrap()).unwrap();
        assert_eq!(contents.remove(first).unwrap().entry.label.as_str(), "New");
        assert_eq!(contents.entries(), before[1..]);
    }

    #[test]
    fn number_and_size_are_bounded_and_a_refusal_changes_nothing() {
        let mut many = Contents::default();
        for n in 0..ENTRIES_MAX {
            many.add(share(&format!("share {n}"), &n.to_be_bytes(), b"s")).unwrap();
        }
        assert_eq!(many.add(share("one more", b"x", b"s")), Err(Refusal::Full));
        assert_eq!(many.records().len(), ENTRIES_MAX);
    }
}
