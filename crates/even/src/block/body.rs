//! What blocks say (8.4). The members have the short names of the reference on the wire.

use super::Signed;
use super::literal::{EpochKind, HeadKind, RecordKind, TicketKind, Version1};
use crate::hash::{Domain, Hash, dom};
use crate::ids::{Address, BlockId, MessageId, NodeId};
use crate::units::{Amount, Epoch, Time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A kind of block.
pub trait Body: Serialize + DeserializeOwned {
    /// What its signatures start with.
    const DOMAIN: Domain;

    /// Who signs it.
    fn node(&self) -> NodeId;
}

macro_rules! body {
    ($name:ident, $domain:literal) => {
        impl Body for $name {
            const DOMAIN: Domain = dom($domain);

            fn node(&self) -> NodeId {
                self.node
            }
        }
    };
}

body!(Record, "EVEN/rec/1");
body!(Head, "EVEN/head/1");
body!(Ticket, "EVEN/tick/1");
body!(EpochRecord, "EVEN/epoch/1");

/// The mark of a node on a message that it validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(MessageId, u64)", into = "(MessageId, u64)")]
pub struct Stamp {
    /// What was validated.
    pub message: MessageId,
    /// The work for it.
    pub nonce: u64,
}

/// An explicit vote of a later round (9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(MessageId, u32)", into = "(MessageId, u32)")]
pub struct Vote {
    /// For what.
    pub message: MessageId,
    /// In which round, from 1.
    pub round: u32,
}

macro_rules! as_pair {
    ($name:ident, $second:ident, $type:ty) => {
        impl From<(MessageId, $type)> for $name {
            fn from((message, $second): (MessageId, $type)) -> Self {
                Self { message, $second }
            }
        }

        impl From<$name> for (MessageId, $type) {
            fn from($name { message, $second }: $name) -> Self {
                (message, $second)
            }
        }
    };
}

as_pair!(Stamp, nonce, u64);
as_pair!(Vote, round, u32);

/// One entry of a node's outbox: what it validated since the entry before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    #[serde(rename = "v")]
    version: Version1,
    #[serde(rename = "t")]
    kind: RecordKind,
    /// Whose outbox.
    #[serde(rename = "n")]
    pub node: NodeId,
    /// Its number, from 0.
    #[serde(rename = "q")]
    pub seq: u64,
    /// The entry before.
    #[serde(rename = "p")]
    pub previous: Option<BlockId>,
    /// The epoch that its stamps are made for.
    #[serde(rename = "e")]
    pub epoch: Epoch,
    /// When it was made, as its node says.
    #[serde(rename = "ts")]
    pub time: Time,
    /// Messages of others that the node validated.
    #[serde(rename = "st")]
    pub stamps: Vec<Stamp>,
    /// Latest records of other nodes that the node has seen.
    #[serde(rename = "sn")]
    pub seen: Vec<BlockId>,
    /// The node's own messages: they count like stamps, after them.
    #[serde(rename = "ow")]
    pub own: Vec<MessageId>,
    /// Votes of rounds from 1 on.
    #[serde(rename = "vo")]
    pub votes: Vec<Vote>,
}

impl Record {
    /// An empty record after `previous`, or a node's first one.
    #[must_use]
    pub fn after(previous: Option<&Signed<Self>>, node: NodeId, epoch: Epoch, time: Time) -> Self {
        Self {
            version: Version1,
            kind: RecordKind,
            node,
            seq: previous.map_or(0, |previous| previous.body().seq.saturating_add(1)),
            previous: previous.map(Signed::id),
            epoch,
            time,
            stamps: Vec::new(),
            seen: Vec::new(),
            own: Vec::new(),
            votes: Vec::new(),
        }
    }
}

/// The end of a node's outbox, with a term of validity (8.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    #[serde(rename = "v")]
    version: Version1,
    #[serde(rename = "t")]
    kind: HeadKind,
    /// Whose outbox.
    #[serde(rename = "n")]
    pub node: NodeId,
    /// The number of its newest record.
    #[serde(rename = "q")]
    pub seq: u64,
    /// The epoch.
    #[serde(rename = "e")]
    pub epoch: Epoch,
    /// The newest record.
    #[serde(rename = "r")]
    pub record: BlockId,
    /// When it was made.
    #[serde(rename = "ts")]
    pub time: Time,
    /// Until when it is valid.
    #[serde(rename = "x")]
    pub expiry: Time,
}

impl Head {
    /// The head that names `record`.
    #[must_use]
    pub fn of(record: &Signed<Record>, epoch: Epoch, time: Time, expiry: Time) -> Self {
        let (node, seq) = (record.body().node, record.body().seq);
        Self { version: Version1, kind: HeadKind, node, seq, epoch, record: record.id(), time, expiry }
    }

    /// Whether it is news for somebody who knows the outbox up to `known`: valid, and not older (8.5).
    #[must_use]
    pub fn is_news(&self, known: Option<u64>, now: Time) -> bool {
        self.expiry >= now && known.is_none_or(|known| self.seq >= known)
    }
}

/// Heads that an active node offers to a passive one for a fee (7.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    #[serde(rename = "v")]
    version: Version1,
    #[serde(rename = "t")]
    kind: TicketKind,
    /// Who offers.
    #[serde(rename = "n")]
    pub node: NodeId,
    /// The issuer that is served.
    #[serde(rename = "w")]
    pub served: NodeId,
    /// The heads that may be used as branches.
    #[serde(rename = "h")]
    pub heads: Vec<MessageId>,
    /// What is asked for, at least one unit for each head.
    #[serde(rename = "f")]
    pub fee: Amount,
    /// Where the fee goes.
    #[serde(rename = "a")]
    pub address: Address,
    /// Until when it may be used.
    #[serde(rename = "x")]
    pub expiry: Time,
}

impl Ticket {
    /// An offer of `node` to `served`.
    #[must_use]
    pub fn new(
        node: NodeId,
        served: NodeId,
        heads: Vec<MessageId>,
        fee: Amount,
        address: Address,
        expiry: Time,
    ) -> Self {
        Self { version: Version1, kind: TicketKind, node, served, heads, fee, address, expiry }
    }
}

/// One node in an epoch record, in integers (3.7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "EpochTuple", into = "EpochTuple")]
pub struct EpochRow {
    /// The node.
    pub node: NodeId,
    /// Accuracy, millionths.
    pub accuracy_ppm: u32,
    /// Rating, millionths.
    pub rating_ppm: u32,
    /// Share of the exchange, thousand-millionths, rounded down.
    pub exchange: u32,
    /// Share of the stake, thousand-millionths, rounded down.
    pub stake: u32,
}

type EpochTuple = (NodeId, u32, u32, u32, u32);

impl From<EpochTuple> for EpochRow {
    fn from((node, accuracy_ppm, rating_ppm, exchange, stake): EpochTuple) -> Self {
        Self { node, accuracy_ppm, rating_ppm, exchange, stake }
    }
}

impl From<EpochRow> for EpochTuple {
    fn from(row: EpochRow) -> Self {
        (row.node, row.accuracy_ppm, row.rating_ppm, row.exchange, row.stake)
    }
}

/// A leader's table of one epoch (3.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRecord {
    #[serde(rename = "v")]
    version: Version1,
    #[serde(rename = "t")]
    kind: EpochKind,
    /// The leader.
    #[serde(rename = "n")]
    pub node: NodeId,
    /// The epoch that was measured.
    #[serde(rename = "e")]
    pub epoch: Epoch,
    /// The nodes, by ascending id.
    #[serde(rename = "rows")]
    pub rows: Vec<EpochRow>,
    /// What the audits of the epoch are drawn from (8.7).
    #[serde(rename = "b", with = "crate::block::signed::bytes")]
    pub beacon: Hash,
}

impl EpochRecord {
    /// The table of `epoch`.
    #[must_use]
    pub fn new(node: NodeId, epoch: Epoch, rows: Vec<EpochRow>, beacon: Hash) -> Self {
        Self { version: Version1, kind: EpochKind, node, epoch, rows, beacon }
    }
}
