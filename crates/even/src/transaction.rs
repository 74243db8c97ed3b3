//! The transaction: exactly 1536 bytes (6.1).
//!
//! What always holds: bytes that decode encode to the same bytes; a decoded transaction keeps rule M02.
//! What it does not do: relate transactions to each other. That is `message`.

use crate::hash::sha3;
use crate::ids::{Address, BundleHash, MessageId, Network, NodeId, Tag, TransactionHash};
use crate::units::{Time, Value};
use std::ops::Deref;

/// Bytes of a transaction.
pub const LEN: usize = 1536;
/// Bytes of its fragment.
pub const FRAGMENT_LEN: usize = 1024;
/// Where the work counter lies.
pub(crate) const NONCE_AT: usize = 464;
/// Most branches.
pub const BRANCHES_MAX: usize = 8;
/// The highest index in a message.
pub const INDEX_MAX: u32 = 63;

const VERSION: u8 = 1;
const FLAGS: [u8; 2] = [0; 2];
const RESERVED: [u8; 24] = [0; 24];

/// A signature part, a text or data.
pub type Fragment = [u8; FRAGMENT_LEN];

/// The messages of others that a message names, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Branches {
    count: u8,
    ids: [MessageId; BRANCHES_MAX],
}

impl Branches {
    /// None: the genesis.
    pub const NONE: Self = Self { count: 0, ids: [MessageId([0; 32]); BRANCHES_MAX] };

    /// The list of at most eight ids; `None` for a longer one.
    #[must_use]
    pub fn new(list: &[MessageId]) -> Option<Self> {
        let mut branches = Self::NONE;
        branches.ids.get_mut(..list.len())?.copy_from_slice(list);
        branches.count = u8::try_from(list.len()).ok()?;
        Some(branches)
    }
}

impl Deref for Branches {
    type Target = [MessageId];

    fn deref(&self) -> &[MessageId] {
        &self.ids[..usize::from(self.count)]
    }
}

impl std::fmt::Debug for Branches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// One entry of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The network.
    pub network: Network,
    /// Recipient, spent address, or free for data.
    pub address: Address,
    /// What is moved.
    pub value: Value,
    /// What it is for.
    pub tag: Tag,
    /// The tag, counted up in the head until the bundle hash is safe (6.3).
    pub obsolete_tag: Tag,
    /// The time of the message.
    pub time: Time,
    /// Its place in the message, from 0.
    pub index: u32,
    /// The last place in the message.
    pub last_index: u32,
    /// What is signed.
    pub bundle: BundleHash,
    /// The next transaction, or in the last one the head of the issuer's previous message.
    pub trunk: TransactionHash,
    /// Messages of others.
    pub branches: Branches,
    /// The node that issued the message.
    pub issuer: NodeId,
    /// The work, in the head; the counter is its first 8 bytes.
    pub nonce: [u8; 24],
    /// Signature part, text or data.
    pub fragment: Fragment,
}

impl Transaction {
    /// A transaction that has no place in a message yet; `None` for more data than a fragment holds.
    #[must_use]
    pub fn unsigned(
        network: Network,
        time: Time,
        address: Address,
        value: Value,
        tag: Tag,
        data: &[u8],
    ) -> Option<Self> {
        let mut fragment = [0; FRAGMENT_LEN];
        fragment.get_mut(..data.len())?.copy_from_slice(data);
        Some(Self {
            network,
            address,
            value,
            tag,
            obsolete_tag: tag,
            time,
            index: 0,
            last_index: 0,
            bundle: BundleHash([0; 32]),
            trunk: TransactionHash::NONE,
            branches: Branches::NONE,
            issuer: NodeId([0; 32]),
            nonce: [0; 24],
            fragment,
        })
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let mut rest = bytes.as_mut_slice();
        let mut put = |field: &[u8]| {
            let (to, after) = std::mem::take(&mut rest).split_at_mut(field.len());
            to.copy_from_slice(field);
            rest = after;
        };
        put(&[VERSION, self.branches.count]);
        put(&FLAGS);
        put(&self.network.0.to_le_bytes());
        put(&self.address.0);
        put(&self.value.units().to_le_bytes());
        put(&self.tag.0);
        put(&self.obsolete_tag.0);
        put(&self.time.0.to_le_bytes());
        put(&self.index.to_le_bytes());
        put(&self.last_index.to_le_bytes());
        put(&self.bundle.0);
        put(&self.trunk.0);
        self.branches.ids.iter().for_each(|id| put(&id.0));
        put(&self.issuer.0);
        put(&self.nonce);
        put(&RESERVED);
        put(&self.fragment);
        bytes
    }

    /// The transaction of these bytes, if they keep rule M02.
    #[must_use]
    pub fn decode(bytes: &[u8; LEN]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let [version, branch_count] = fields.take();
        let flags = fields.take::<2>();
        let transaction = Self {
            network: Network(u32::from_le_bytes(fields.take())),
            address: Address(fields.take()),
            value: Value::new(i64::from_le_bytes(fields.take())).ok()?,
            tag: Tag(fields.take()),
            obsolete_tag: Tag(fields.take()),
            time: Time(u64::from_le_bytes(fields.take())),
            index: u32::from_le_bytes(fields.take()),
            last_index: u32::from_le_bytes(fields.take()),
            bundle: BundleHash(fields.take()),
            trunk: TransactionHash(fields.take()),
            branches: Branches { count: branch_count, ids: [(); BRANCHES_MAX].map(|()| MessageId(fields.take())) },
            issuer: NodeId(fields.take()),
            nonce: fields.take(),
            fragment: {
                let reserved = fields.take::<24>();
                if reserved != RESERVED {
                    return None;
                }
                fields.take()
            },
        };
        let fixed = version == VERSION && flags == FLAGS;
        (fixed && transaction.keeps_ranges()).then_some(transaction)
    }

    fn keeps_ranges(&self) -> bool {
        let unused = self.branches.ids.get(usize::from(self.branches.count)..);
        unused.is_some_and(|unused| unused.iter().all(|id| id.0 == [0; 32]))
            && self.index <= self.last_index
            && self.last_index <= INDEX_MAX
    }

    /// Its name: the hash of its bytes, without a domain, so that it is the digest in its CID (6.1.2).
    #[must_use]
    pub fn hash(&self) -> TransactionHash {
        TransactionHash(sha3(&[&self.encode()]))
    }

    /// The work counter.
    #[must_use]
    pub fn counter(&self) -> u64 {
        u64::from_le_bytes(*self.nonce.first_chunk().expect("a nonce has 24 bytes"))
    }
}

impl std::fmt::Debug for Transaction {
    /// Without the fragment, which may be a signature part.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { index, address, value, tag, .. } = self;
        write!(f, "Transaction {index}: {} at {address}, {tag}", value.units())
    }
}

/// Takes fields off the front.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) = self.0.split_first_chunk().expect("the widths of the fields sum to 1536");
        self.0 = rest;
        *field
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn valid(random: &[u8]) -> [u8; LEN] {
        let mut bytes: [u8; LEN] = random.try_into().unwrap();
        bytes[0] = VERSION;
        bytes[1] = 2;
        bytes[2..4].fill(0);
        bytes[46..48].fill(0);
        bytes[104..112].copy_from_slice(&[3, 0, 0, 0, 63, 0, 0, 0]);
        bytes[240..432].fill(0);
        bytes[488..512].fill(0);
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn rule_14_a_transactions_survive_encoding(random in prop::collection::vec(any::<u8>(), LEN)) {
            let bytes = valid(&random);
            prop_assert_eq!(Transaction::decode(&bytes).unwrap().encode(), bytes);
        }
    }

    #[test]
    fn m02_each_field_with_a_range_is_checked() {
        let good = valid(&[0; LEN]);
        assert!(Transaction::decode(&good).is_some());
        let too_much = 1_000_000_000_000_001_i64;
        let cases: [(usize, &[u8], &str); 11] = [
            (0, &[2], "version"),
            (1, &[9], "branch count"),
            (2, &[1], "flags"),
            (3, &[1], "flags"),
            (40, &too_much.to_le_bytes(), "value"),
            (40, &(-too_much).to_le_bytes(), "value"),
            (40, &i64::MIN.to_le_bytes(), "value"),
            (104, &[63, 0, 0, 0, 62], "index above the last index"),
            (108, &[64], "last index"),
            (240, &[1], "an unused branch"),
            (511, &[1], "reserved"),
        ];
        for (at, change, what) in cases {
            let mut bytes = good;
            bytes[at..at + change.len()].copy_from_slice(change);
            assert!(Transaction::decode(&bytes).is_none(), "{what}");
        }
    }

    #[test]
    fn rule_6_1_the_counter_lies_at_464() {
        let mut bytes = valid(&[0; LEN]);
        bytes[NONCE_AT] = 91;
        assert_eq!(Transaction::decode(&bytes).unwrap().counter(), 91);
    }
}
