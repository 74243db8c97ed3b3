//! The words. A word is its version (1 byte, 1) and a postcard value that fills the rest exactly.
//!
//! What always holds: one word has one encoding. What it does not do: prove who says it; a carrier or a bundle does. Machines'
//! messages, settlements and evidence prove their authors by themselves.

use serde::{Deserialize, Serialize};

use super::WORD_MAX;
use crate::plan::Plan;

const VERSION: u8 = 1;

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Ceremony key.
    pub key: [u8; 32],
    /// What it calls itself.
    pub name: String,
    /// Keys of which it is a member.
    pub holds: Vec<Holding>,
}

/// A key, and how far its shares were refreshed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The key, x-only.
    pub key: [u8; 32],
    /// Refreshes since it was made.
    pub generation: u32,
    /// What people call it.
    pub label: String,
    /// 0 main, 1 test, 2 regtest.
    pub network: u8,
}

/// What is said. The order of the variants is part of the format: add at the end.
#[allow(missing_docs, reason = "ids are 32 bytes each, and named as what they name")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// Who somebody is.
    Hello(Hello),
    /// A ceremony that somebody proposes.
    Invite(Box<Plan>),
    /// The sender joined; machines begin when all did.
    Joined { ceremony: [u8; 32], fingerprint: [u8; 32] },
    /// A message of a ceremony's or a session's machine.
    Machine { id: [u8; 32], bytes: Vec<u8> },
    /// The sender does not take part (any more).
    Stopped { ceremony: [u8; 32] },
    /// Everybody's word for a group.
    Settled { settlement: Vec<u8> },
    /// A transaction to be signed.
    Proposal { session: [u8; 32], group: [u8; 32], asked_ms: u64, psbt: Vec<u8> },
    /// Whether the sender approves it.
    Stand { session: [u8; 32], digest: [u8; 32], approves: bool },
    /// Its signatures, in the order of the inputs.
    Signed { session: [u8; 32], signatures: Vec<Vec<u8>> },
    /// What became of a ceremony or a session for which the sender waits.
    Asking { id: [u8; 32] },
    /// A session of the sender's ended without signatures.
    Over { session: [u8; 32] },
}

impl Word {
    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![VERSION]).expect("plain data into a growing vector")
    }

    /// Reads bytes; `None` for bytes that say nothing known, or say it in another spelling.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > WORD_MAX {
            return None;
        }
        let (&VERSION, body) = bytes.split_first()? else { return None };
        let (word, rest) = postcard::take_from_bytes::<Self>(body).ok()?;
        (rest.is_empty() && word.encode() == bytes).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_and_nothing_shorter_longer_or_respelled_does() {
        let holds = vec![Holding { key: [7; 32], generation: 300, label: "Vault".into(), network: 2 }];
        let words = [
            Word::Hello(Hello { key: [1; 32], name: "Ada".into(), holds }),
            Word::Joined { ceremony: [2; 32], fingerprint: [3; 32] },
            Word::Machine { id: [4; 32], bytes: vec![5; 300] },
            Word::Stand { session: [6; 32], digest: [8; 32], approves: true },
            Word::Signed { session: [6; 32], signatures: vec![vec![9; 64]] },
            Word::Asking { id: [1; 32] },
            Word::Over { session: [2; 32] },
        ];
        for word in words {
            let bytes = word.encode();
            assert_eq!(Word::decode(&bytes).as_ref(), Some(&word));
            for end in 0..bytes.len() {
                assert_eq!(Word::decode(&bytes[..end]), None, "{end}");
            }
            assert_eq!(Word::decode(&[&bytes[..], &[0]].concat()), None);
            for at in 0..bytes.len() {
                let mut other = bytes.clone();
                other[at] ^= 0x80;
                assert_ne!(Word::decode(&other).as_ref(), Some(&word), "{at}");
            }
        }
    }
}
