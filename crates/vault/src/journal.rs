//! The journal of a watchman: every fact that changed something, in order, chained by hashes; and the way back from it.
//!
//! Entry: version 1 (1 byte), length of the body (4 bytes, big endian), guard (4 bytes), body, hash (32 bytes).
//! Hash = Keccak-256 over the hash before, version, length and body; guard = the first 4 bytes of Keccak-256 over the hash
//! before, version and length. Body (postcard): time, fact, footprint of the burns it moved. The hash before the first entry
//! is Keccak-256 of `everwatch watchman journal`.
//!
//! What always holds: a last entry that is cut short is what a crash leaves, and is dropped: its effects never ran. The guard
//! tells it from a damaged length, which could make whole entries look like a torn one. Everything else that does not fit is
//! [`Damaged`]. A replay that comes to other states than the footprints say is damage too: a program that would judge
//! the past differently does not quietly sign on.
//! What it does not do: write or read files. It cannot tell that whole entries are missing at the end: put [`Head`] where
//! others keep it.

use crate::pipeline::{Effect, Fact, Ignored, Pipeline};
use serde::Deserialize;

const VERSION: u8 = 1;
const HEADER_LEN: usize = 1 + 4 + 4;
const HASH_LEN: usize = 32;
/// Longest body, bytes: room for the largest policy.
const BODY_LEN_MAX: usize = 4 << 20;
const FACT_LEN_MAX: usize = BODY_LEN_MAX - 64;
const GENESIS: &[u8] = b"everwatch watchman journal";

/// Where a journal ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Entries before.
    pub count: u64,
    /// Hash of the last of them.
    pub hash: [u8; 32],
}

/// A watchman: its states, and the end of the journal that leads to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watchman {
    pipeline: Pipeline,
    head: Head,
}

/// What a fact did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// To be appended, and durable, first. When that fails, this watchman is ahead of its journal: drop it and replay.
    pub entry: Vec<u8>,
    /// To be done after that.
    pub effects: Vec<Effect>,
}

/// What a replay found beside the states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Bytes of whole entries: cut the file to this length before appending.
    pub good_len: usize,
    /// Bytes of a torn entry after them.
    pub torn_len: usize,
}

/// A journal that does not lead to states.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal is damaged at entry {at}, byte {offset}: {why}")]
pub struct Damaged {
    /// Number of the entry, from 0.
    pub at: u64,
    /// Where it begins.
    pub offset: usize,
    /// What is wrong.
    pub why: Damage,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Another version of the format.
    #[error("version {0} is not known")]
    Version(u8),
    /// Its header was altered.
    #[error("the header was altered")]
    Header,
    /// Longer than an entry can be.
    #[error("longer than an entry can be")]
    Length,
    /// It, or what stands before it, was altered.
    #[error("the chain of hashes is broken")]
    Hash,
    /// Its body is no fact.
    #[error("no fact")]
    Body,
    /// The fact changes nothing where it stands.
    #[error("a fact that does not apply: {0}")]
    Inapplicable(Ignored),
    /// The fact leads to other states than it did.
    #[error("the fact leads to other states than it did")]
    Diverged,
}

/// An entry as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// When, Unix ms.
    pub at_ms: u64,
    /// What.
    pub fact: Fact,
    /// What it moved.
    pub footprint: [u8; 8],
}

impl Default for Head {
    fn default() -> Self {
        Self { count: 0, hash: crypto::keccak256(GENESIS) }
    }
}

impl Default for Watchman {
    fn default() -> Self {
        Self::new()
    }
}

impl Watchman {
    /// A watchman that knows nothing, at the start of a journal.
    #[must_use]
    pub fn new() -> Self {
        Self { pipeline: Pipeline::default(), head: Head::default() }
    }

    /// The states.
    #[must_use]
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The end of the journal.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Takes a fact, as [`Pipeline::step`] does, and gives the entry for it.
    ///
    /// # Errors
    /// When nothing changed; then nothing is to be written.
    pub fn take(&mut self, at_ms: u64, fact: &Fact) -> Result<Taken, Ignored> {
        let encoded = postcard::to_stdvec(fact).expect("plain data into a growing vector");
        if encoded.len() > FACT_LEN_MAX {
            return Err(Ignored::TooLarge);
        }
        let step = self.pipeline.step(at_ms, fact)?;
        // The encoding of a record is that of its members, one after the other.
        let time = postcard::to_stdvec(&at_ms).expect("a number into a growing vector");
        let entry = self.head.append(&[&time[..], &encoded, &step.footprint].concat());
        Ok(Taken { entry, effects: step.effects })
    }

    /// The watchman to which a journal leads. Tell it [`Fact::Started`] next.
    ///
    /// # Errors
    /// Where and how the journal is damaged.
    pub fn replay(journal: &[u8]) -> Result<(Self, Replayed), Damaged> {
        let mut watchman = Self::new();
        let mut offset = 0;
        loop {
            let (at, rest) = (watchman.head.count, &journal[offset..]);
            let damaged = |why| Damaged { at, offset, why };
            let Some((entry, length)) = watchman.head.next(rest).map_err(damaged)? else {
                return Ok((watchman, Replayed { good_len: offset, torn_len: rest.len() }));
            };
            let step = watchman.pipeline.step(entry.at_ms, &entry.fact);
            let step = step.map_err(|ignored| damaged(Damage::Inapplicable(ignored)))?;
            if step.footprint != entry.footprint {
                return Err(damaged(Damage::Diverged));
            }
            offset += length;
        }
    }
}

impl Head {
    fn append(&mut self, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).expect("a fact is bounded");
        let header = [&[VERSION][..], &length.to_be_bytes()].concat();
        let guard = self.guard(&header);
        self.hash = crypto::keccak256_parts(&[&self.hash, &header, body]);
        self.count += 1;
        [&header[..], &guard, body, &self.hash].concat()
    }

    /// The entry that follows, and its whole length; `None` when the bytes end before it does.
    fn next(&mut self, bytes: &[u8]) -> Result<Option<(Entry, usize)>, Damage> {
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER_LEN>() else { return Ok(None) };
        let [version, a, b, c, d, guard @ ..] = *header;
        if guard != self.guard(&header[..5]) {
            return Err(Damage::Header);
        }
        if version != VERSION {
            return Err(Damage::Version(version));
        }
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).map_err(|_| Damage::Length)?;
        if length > BODY_LEN_MAX {
            return Err(Damage::Length);
        }
        let Some((body, rest)) = rest.split_at_checked(length) else { return Ok(None) };
        let Some(hash) = rest.first_chunk::<HASH_LEN>() else { return Ok(None) };
        if *hash != crypto::keccak256_parts(&[&self.hash, &header[..5], body]) {
            return Err(Damage::Hash);
        }
        let (entry, rest) = postcard::take_from_bytes::<Entry>(body).map_err(|_| Damage::Body)?;
        if !rest.is_empty() {
            return Err(Damage::Body);
        }
        (self.count, self.hash) = (self.count + 1, *hash);
        Ok(Some((entry, HEADER_LEN + length + HASH_LEN)))
    }

    fn guard(&self, header: &[u8]) -> [u8; 4] {
        let [a, b, c, d, ..] = crypto::keccak256_parts(&[&self.hash, header]);
        [a, b, c, d]
    }
}

/// The entries of a journal without what they lead to: for showing and exporting.
///
/// # Errors
/// Where and how the journal is damaged.
pub fn entries(journal: &[u8]) -> Result<Vec<Entry>, Damaged> {
    let (mut head, mut offset, mut entries) = (Head::default(), 0, Vec::new());
    loop {
        let at = head.count;
        match head.next(&journal[offset..]).map_err(|why| Damaged { at, offset, why })? {
            Some((entry, length)) => {
                entries.push(entry);
                offset += length;
            }
            None => return Ok(entries),
        }
    }
}
