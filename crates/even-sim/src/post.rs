//! What nodes exchange: messages, outbox records and epoch records, either as the blocks of the protocol or as light ones.
//!
//! What always holds: a light object has an id that commits to all of its content, so that graphs, records and votes are
//! those of the real ones. What it leaves out: signatures, the work of messages and stamps, and the bytes on the wire.

use even::block::{EpochRecord, Record, Signed};
use even::hash::{Domain, Hash, dom, sha3};
use even::ids::{Address, BlockId, BundleHash, MessageId, NodeId, Tag};
use even::ledger::{Effect, Offer, PaidOffer, Payment};
use even::message::Message;
use even::units::{Amount, Epoch, Time};
use even::voting::{Ballot, Entry};
use std::sync::Arc;

const EPOCH_SLOT: Domain = dom("SIM/epoch");
const CHECKPOINT: Domain = dom("SIM/checkpoint");

/// A message as a node handles it.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its name.
    pub id: MessageId,
    /// Its payment.
    pub bundle: BundleHash,
    /// Who issued it.
    pub issuer: NodeId,
    /// When, as its issuer says.
    pub time: Time,
    /// The issuer's message before.
    pub trunk: Option<MessageId>,
    /// Messages of others.
    pub branches: Vec<MessageId>,
    /// What it moves.
    pub effect: Effect,
    /// The tickets that a passive issuer used, with what it paid for them. They travel with the message.
    pub tickets: Vec<PaidOffer>,
    /// The message itself; `None` for a light one.
    pub message: Option<Arc<Message>>,
}

impl Post {
    /// Of a message, which keeps M01 to M16. `offers` are the tickets that its fee outputs name.
    #[must_use]
    pub fn of(message: Message, offers: &[(BlockId, Offer)]) -> Self {
        let effect = Effect::of(&message);
        let fees: Vec<(Vec<u8>, Payment)> = message
            .outputs()
            .zip(&effect.outputs)
            .filter(|(output, _)| output.tag == Tag::FEE)
            .map(|(output, payment)| (output.fragment.to_vec(), *payment))
            .collect();
        let paid = |id: &BlockId| -> Vec<Payment> {
            fees.iter().filter(|(data, _)| data.starts_with(&id.cid().bytes())).map(|(_, payment)| *payment).collect()
        };
        let tickets = offers.iter().map(|(id, offer)| PaidOffer { offer: offer.clone(), paid: paid(id) }).collect();
        Self {
            id: message.id(),
            bundle: message.bundle(),
            issuer: message.issuer(),
            time: message.time(),
            trunk: message.trunk(),
            branches: message.branches().to_vec(),
            effect,
            tickets,
            message: Some(Arc::new(message)),
        }
    }

    /// Trunk and branches.
    pub fn parents(&self) -> impl Iterator<Item = &MessageId> {
        self.trunk.iter().chain(&self.branches)
    }

    /// What voting needs of it.
    #[must_use]
    pub fn ballot(&self, epoch: Epoch, funds: Vec<MessageId>) -> Ballot {
        Ballot {
            id: self.id,
            bundle: self.bundle,
            epoch,
            parents: self.parents().copied().collect(),
            spends: self.effect.spends().copied().collect(),
            funds,
        }
    }
}

/// A block of a node: signed, or light with an id of its content alone.
#[derive(Debug, Clone)]
pub enum Sealed<T> {
    /// A block of the protocol.
    Signed(Signed<T>),
    /// The content and its id.
    Light(T, BlockId),
}

impl<T: even::block::Body> Sealed<T> {
    /// Without a signature.
    #[must_use]
    pub fn light(body: T) -> Self {
        let id = BlockId(sha3(&[&T::DOMAIN, &even::cbor::encode(&body)]));
        Self::Light(body, id)
    }

    /// What it says.
    pub const fn body(&self) -> &T {
        match self {
            Self::Signed(signed) => signed.body(),
            Self::Light(body, _) => body,
        }
    }

    /// Its name.
    pub const fn id(&self) -> BlockId {
        match self {
            Self::Signed(signed) => signed.id(),
            Self::Light(_, id) => *id,
        }
    }
}

/// What voting needs of a record.
#[must_use]
pub fn entry(record: &Sealed<Record>) -> Entry {
    let body = record.body();
    Entry {
        id: record.id(),
        node: body.node,
        previous: body.previous,
        seen: body.seen.clone(),
        stamped: body.stamps.iter().map(|stamp| stamp.message).chain(body.own.iter().copied()).collect(),
        votes: body.votes.clone(),
    }
}

/// The name under which an epoch record is stamped: the digest of its CID (3.7.1).
#[must_use]
pub const fn epoch_message(id: BlockId) -> MessageId {
    MessageId(id.0)
}

/// An epoch record as a ballot: all records of one epoch spend one address that nobody has, which makes them rivals.
#[must_use]
pub fn epoch_ballot(record: &Sealed<EpochRecord>, decided_in: Epoch) -> Ballot {
    let slot = Address(sha3(&[&EPOCH_SLOT, &record.body().epoch.0.to_le_bytes()]));
    Ballot {
        id: epoch_message(record.id()),
        bundle: BundleHash(record.id().0),
        epoch: decided_in,
        parents: Vec::new(),
        spends: vec![slot],
        funds: Vec::new(),
    }
}

/// What everybody starts from: who holds what, under the name of a message that is final.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// A parent for the first messages.
    pub id: MessageId,
    /// All units there are.
    pub effect: Effect,
}

impl Checkpoint {
    /// The checkpoint at which these outputs are all that is unspent.
    #[must_use]
    pub fn new(outputs: Vec<Payment>) -> Self {
        let mut parts: Vec<Hash> = Vec::new();
        for output in &outputs {
            let stake = output.stake.map_or([0; 32], |node| node.0);
            parts.push(sha3(&[&output.to.0, &output.amount.units().to_le_bytes(), &stake]));
        }
        let digest = sha3(&[&CHECKPOINT, parts.as_flattened()]);
        Self { id: MessageId(digest), effect: Effect { bundle: BundleHash(digest), inputs: Vec::new(), outputs } }
    }

    /// Its ballot.
    #[must_use]
    pub fn ballot(&self) -> Ballot {
        let bundle = self.effect.bundle;
        Ballot { id: self.id, bundle, epoch: Epoch(0), parents: Vec::new(), spends: Vec::new(), funds: Vec::new() }
    }
}

/// A coin of a wallet: all that lies on one of its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coin {
    /// Which of the wallet's addresses.
    pub index: u64,
    /// How much.
    pub amount: Amount,
}
