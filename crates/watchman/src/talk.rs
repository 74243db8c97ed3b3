//! What watchmen tell each other: signatures with the payload they are of, submissions, and how far they have come.
//!
//! Nobody asks for a signature: who signed tells it again until the burn is paid, and at once to whom comes back.
//! A message is its version (1 byte, 1) and a postcard value that fills the rest exactly. What always holds: a signature that
//! was read was recovered to its maker and is of the payload beside it; a text of a transaction is 32 bytes in `0x` hex.

use everpay::{EverHash, StateRoot};
use oracle::network::NetworkFile;
use p2p::Name;
use serde::{Deserialize, Serialize};
use vault::signature::SignedPayload;

const VERSION: u8 = 1;

/// The name of a ledger's watchmen among networks of peers.
#[must_use]
pub fn network(network: &NetworkFile) -> Name {
    let hash = crypto::keccak256(network.owner.as_bytes());
    crypto::hexs::encode(&hash[..16]).parse().expect("32 hexadecimal digits are a name")
}

/// The topic of signatures and submissions.
#[must_use]
pub fn payouts() -> Name {
    "payouts".parse().expect("a short name")
}

/// The topic of positions.
#[must_use]
pub fn presence() -> Name {
    "presence".parse().expect("a short name")
}

/// What is told. The order of the variants is part of the format: add at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Talk {
    /// Somebody's signature of a payout.
    Signed(Box<SignedPayload>),
    /// The sender submitted a payout.
    Submitted {
        /// The burn.
        ever_hash: EverHash,
        /// The transaction.
        tx: [u8; 32],
    },
    /// How far the sender's own replay has come.
    At {
        /// Number of its newest batch.
        batch: u64,
        /// The state root behind it.
        root: StateRoot,
    },
}

impl Talk {
    /// The message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![VERSION]).expect("plain data into a growing vector")
    }

    /// `None` for bytes that say nothing known, or say it in another spelling.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, body) = bytes.split_first()? else { return None };
        let (talk, rest) = postcard::take_from_bytes::<Self>(body).ok()?;
        (rest.is_empty() && talk.encode() == bytes).then_some(talk)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crypto::secp::EvmKey;
    use everpay::{Amount, eth_token};
    use vault::burn::{BatchRef, Burn, Lock, Vault};
    use vault::payload::Payload;

    fn signed() -> SignedPayload {
        let batch = BatchRef { id: [3; 32], height: 7, time_ms: 1 };
        let to = "0x2222222222222222222222222222222222222222";
        let burn = Burn::new(EverHash::new([1; 32]), batch, &eth_token(), "ethereum", to, Amount::from(5_u64)).unwrap();
        let vault = Vault { chain: "ethereum".to_owned(), lock: Lock::Evm { chain_id: 1, contract: [9; 20] } };
        let payload = Payload::of(&burn, &vault).unwrap();
        let signature = EvmKey::from_bytes(&[1; 32]).unwrap().sign_digest(payload.digest().as_bytes());
        SignedPayload::check(payload, &signature).unwrap()
    }

    #[test]
    fn what_is_told_reads_back_and_nothing_shorter_longer_or_changed_does() {
        let submitted = Talk::Submitted { ever_hash: EverHash::new([1; 32]), tx: [2; 32] };
        let position = Talk::At { batch: 300, root: StateRoot::new([3; 32]) };
        for talk in [Talk::Signed(Box::new(signed())), submitted, position] {
            let bytes = talk.encode();
            assert_eq!(Talk::decode(&bytes).as_ref(), Some(&talk));
            for end in 0..bytes.len() {
                assert_eq!(Talk::decode(&bytes[..end]), None, "{end}");
            }
            assert_eq!(Talk::decode(&[&bytes[..], &[0]].concat()), None);
            for at in 0..bytes.len() {
                let mut other = bytes.clone();
                other[at] ^= 1;
                assert_ne!(Talk::decode(&other).as_ref(), Some(&talk), "{at}");
            }
        }
    }
}
