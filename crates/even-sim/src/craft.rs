//! How a node makes what it sends: with its keys, or light.

use crate::post::{Coin, Post, Sealed};
use even::block::{Body, EpochRecord, Record, Ticket};
use even::hash::{Domain, Hash, dom, sha3};
use even::identity::NodeKey;
use even::ids::{Address, BlockId, BundleHash, MessageId, Network, NodeId, Tag};
use even::keys::Seed;
use even::ledger::{Effect, Offer, PaidOffer, Payment as Paid};
use even::message::{Attachment, Output, Payment, Spend};
use even::transaction::Branches;
use even::units::{Amount, Epoch, Time};
use even::work::StampTarget;
use zeroize::Zeroizing;

const LIGHT_ADDRESS: Domain = dom("SIM/address");
const LIGHT_BUNDLE: Domain = dom("SIM/bundle");
const LIGHT_MESSAGE: Domain = dom("SIM/message");
const LIGHT_NODE: Domain = dom("SIM/node");

const TAG: Tag = Tag::of("SIMULATED");

/// A ticket that is used, and its name.
pub type UsedTicket = (BlockId, Offer);

/// What a node wants to say.
#[derive(Debug, Clone)]
pub struct Plan {
    /// When.
    pub time: Time,
    /// Who is paid; nobody for data.
    pub to: Option<(Address, Amount)>,
    /// For which node the output is stake.
    pub stake: Option<NodeId>,
    /// What is spent.
    pub coins: Vec<Coin>,
    /// The index of the own address that gets the rest.
    pub rest: u64,
    /// The own message before.
    pub trunk: Option<MessageId>,
    /// Messages of others.
    pub branches: Vec<MessageId>,
    /// Tickets to pay for (7.8).
    pub tickets: Vec<UsedTicket>,
    /// Work.
    pub bits: u32,
}

/// Why a node cannot say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotSay {
    /// The coins do not cover it.
    #[error("the coins do not cover the payment and its fees")]
    Short,
    /// It breaks a rule of composing.
    #[error(transparent)]
    Compose(#[from] even::message::ComposeError),
    /// A key is missing.
    #[error(transparent)]
    Sign(#[from] even::message::SignError),
    /// No work in all counters, or too many branches.
    #[error("the message cannot be attached")]
    Attach,
}

/// The secrets of a node, or what stands for them.
#[derive(Debug)]
pub enum Craft {
    /// Keys and seed.
    Real {
        /// Signs blocks.
        key: Box<NodeKey>,
        /// Signs payments.
        seed: Seed,
    },
    /// Names alone.
    Light(Hash),
}

impl Craft {
    /// Of 32 secret bytes.
    #[must_use]
    pub fn new(secret: [u8; 32], light: bool) -> Self {
        if light {
            return Self::Light(secret);
        }
        Self::Real { key: Box::new(NodeKey::from_secret(&secret)), seed: Seed::new(Zeroizing::new(sha3(&[&secret]))) }
    }

    /// The node's name.
    #[must_use]
    pub fn node(&self) -> NodeId {
        match self {
            Self::Real { key, .. } => key.node(),
            Self::Light(secret) => NodeId(sha3(&[&LIGHT_NODE, secret])),
        }
    }

    /// The address of an index.
    #[must_use]
    pub fn address(&self, index: u64) -> Address {
        match self {
            Self::Real { seed, .. } => seed.address(0, index),
            Self::Light(secret) => Address(sha3(&[&LIGHT_ADDRESS, secret, &index.to_le_bytes()])),
        }
    }

    /// The nonce of a stamp; light ones have none.
    #[must_use]
    pub fn stamp(&self, message: MessageId, epoch: Epoch, bits: u32) -> u64 {
        match self {
            Self::Real { key, .. } => {
                let target = StampTarget { message, node: key.node(), epoch };
                target.mint(bits, 0..u64::MAX).unwrap_or(0)
            }
            Self::Light(_) => 0,
        }
    }

    /// Signs a block of this node.
    #[must_use]
    pub fn seal<T: Body>(&self, body: T) -> Sealed<T> {
        match self {
            Self::Real { key, .. } => {
                Sealed::Signed(even::block::Signed::seal(body, key).expect("a node names itself in its blocks"))
            }
            Self::Light(_) => Sealed::light(body),
        }
    }

    /// A record.
    #[must_use]
    pub fn record(&self, record: Record) -> Sealed<Record> {
        self.seal(record)
    }

    /// An epoch record.
    #[must_use]
    pub fn epoch(&self, record: EpochRecord) -> Sealed<EpochRecord> {
        self.seal(record)
    }

    /// A ticket.
    #[must_use]
    pub fn ticket(&self, ticket: Ticket) -> Sealed<Ticket> {
        self.seal(ticket)
    }

    /// Makes the message.
    ///
    /// # Errors
    /// [`CannotSay`].
    pub fn say(&self, plan: &Plan) -> Result<Post, CannotSay> {
        let rest = rest(plan)?;
        match self {
            Self::Real { key, seed } => say_real(plan, rest, key.node(), seed),
            Self::Light(_) => Ok(self.say_light(plan, rest)),
        }
    }

    fn say_light(&self, plan: &Plan, rest: Amount) -> Post {
        let inputs: Vec<(Address, Amount)> =
            plan.coins.iter().map(|coin| (self.address(coin.index), coin.amount)).collect();
        let first = plan.to.map(|(to, amount)| Paid { to, amount, stake: plan.stake });
        let fee = |offer: &Offer| Paid { to: offer.address, amount: offer.fee, stake: None };
        let fees: Vec<Paid> = plan.tickets.iter().map(|(_, offer)| fee(offer)).collect();
        let kept = (rest > Amount::ZERO).then(|| Paid { to: self.address(plan.rest), amount: rest, stake: None });
        let outputs: Vec<Paid> = first.into_iter().chain(fees.clone()).chain(kept).collect();
        let mut bytes = plan.time.0.to_le_bytes().to_vec();
        inputs.iter().for_each(|(from, amount)| bytes.extend([&from.0[..], &amount.units().to_le_bytes()].concat()));
        outputs.iter().for_each(|to| bytes.extend([&to.to.0[..], &to.amount.units().to_le_bytes()].concat()));
        let issuer = self.node();
        // Data has nothing else that tells one message of a node from another.
        let bundle = BundleHash(sha3(&[&LIGHT_BUNDLE, &issuer.0, &plan.rest.to_le_bytes(), &bytes]));
        let parents: Vec<u8> = plan.trunk.iter().chain(&plan.branches).flat_map(|id| id.0).collect();
        let id = MessageId(sha3(&[&LIGHT_MESSAGE, &bundle.0, &issuer.0, &parents]));
        let paid = |((_, offer), fee): (&UsedTicket, &Paid)| PaidOffer { offer: offer.clone(), paid: vec![*fee] };
        Post {
            id,
            bundle,
            issuer,
            time: plan.time,
            trunk: plan.trunk,
            branches: plan.branches.clone(),
            effect: Effect { bundle, inputs, outputs },
            tickets: plan.tickets.iter().zip(&fees).map(paid).collect(),
            message: None,
        }
    }
}

/// What is left after payment and fees.
fn rest(plan: &Plan) -> Result<Amount, CannotSay> {
    let held = plan.coins.iter().try_fold(Amount::ZERO, |sum, coin| sum.checked_add(coin.amount));
    let paid = plan.to.map_or(Amount::ZERO, |(_, amount)| amount);
    let mut left = held.and_then(|held| held.checked_sub(paid)).ok_or(CannotSay::Short)?;
    for (_, offer) in &plan.tickets {
        left = left.checked_sub(offer.fee).ok_or(CannotSay::Short)?;
    }
    Ok(left)
}

fn say_real(plan: &Plan, rest: Amount, issuer: NodeId, seed: &Seed) -> Result<Post, CannotSay> {
    let output = |address, amount, tag, data| Output { address, amount, tag, data };
    let first = match (plan.to, plan.stake) {
        (Some((to, amount)), Some(node)) => output(to, amount, Tag::STAKE, node.0.to_vec()),
        (Some((to, amount)), None) => output(to, amount, TAG, Vec::new()),
        (None, _) => output(Address(issuer.0), Amount::ZERO, TAG, plan.rest.to_le_bytes().to_vec()),
    };
    let fee = |(id, offer): &UsedTicket| output(offer.address, offer.fee, Tag::FEE, id.cid().bytes().to_vec());
    let indexes: Vec<(Address, u64)> =
        plan.coins.iter().map(|coin| (seed.address(0, coin.index), coin.index)).collect();
    let payment = Payment {
        network: Network::LOCAL,
        time: plan.time,
        tag: TAG,
        outputs: vec![first],
        fees: plan.tickets.iter().map(fee).collect(),
        inputs: indexes
            .iter()
            .zip(&plan.coins)
            .map(|((address, _), coin)| Spend { address: *address, amount: coin.amount })
            .collect(),
        remainder: (rest > Amount::ZERO).then(|| output(seed.address(0, plan.rest), rest, TAG, Vec::new())),
    };
    let key_of = |address: &Address| indexes.iter().find(|(own, _)| own == address).map(|(_, at)| seed.key(0, *at));
    let signed = payment.compose()?.finalise().sign(key_of)?;
    let branches = Branches::new(&plan.branches).ok_or(CannotSay::Attach)?;
    let attached = signed.attach(&Attachment { issuer, trunk: plan.trunk, branches });
    let counter = attached.search(plan.bits, 0..u64::MAX).ok_or(CannotSay::Attach)?;
    Ok(Post::of(attached.with_counter(counter), &plan.tickets))
}
