//! Signing: one participant coordinates, t sign, several messages in one ceremony of two rounds.
//!
//! Messages here carry no signature of their own, because a share that does not verify names its author; who a message comes
//! from is the carrier's word. A coordinator can at worst make a ceremony fail: no signer signs what it did not approve, and
//! none uses a nonce twice.
//!
//! Bodies, after the head: request (round 1) attempt, count, items; commitments (2) attempt, 66 bytes for each item; package (3)
//! attempt, count, quorum, its members (2 each), 66 bytes for each item and member; shares (4) attempt, 32 bytes for each item;
//! signatures (5) attempt, 64 bytes for each item; refusal (6) attempt. Attempt, count and quorum are one byte. An item is the
//! message (32), the form of the key (1) and the script tree's root (32, zero without one).

mod coordinator;
mod signer;
mod table;

pub use coordinator::Coordinator;
pub use signer::{Request, Signer};

use std::collections::BTreeSet;

use frost_secp256k1_tr::keys::Tweak;

use crate::check::{CheckFailed, output_key, verify_signature};
use crate::error::{FormatError, Refusal};
use crate::group::{Group, GroupId};
use crate::party::Party;
use crate::reader::Reader;
use crate::wire::{CeremonyId, HEAD, Head, Kind, Label, Outgoing, Scope, To};

/// Most messages signed in one ceremony.
pub const MAX_ITEMS: usize = 64;

const REQUEST: u8 = 1;
const COMMIT: u8 = 2;
const PACKAGE: u8 = 3;
const SHARE: u8 = 4;
const SIGNED: u8 = 5;
const DECLINE: u8 = 6;
const ITEM: usize = 65;

/// Under which form of the group key a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spend {
    /// The group key itself.
    Plain,
    /// The output key of a Taproot output without scripts, `tr(key)`.
    KeyOnly,
    /// The output key of a Taproot output whose script tree has this root.
    Tree([u8; 32]),
}

impl Spend {
    /// The x-only key that such a signature is valid for.
    ///
    /// # Errors
    /// Never for a group's key; the arithmetic has an exception that nobody can find.
    pub fn key(&self, group: &Group) -> Result<[u8; 32], CheckFailed> {
        let internal = group.x_only();
        match self {
            Self::Plain => Ok(internal),
            Self::KeyOnly => output_key(&internal, None),
            Self::Tree(root) => output_key(&internal, Some(root)),
        }
    }

    pub(crate) fn tweak<T: Tweak>(&self, key: T) -> T {
        match self {
            Self::Plain => key,
            Self::KeyOnly => key.tweak::<&[u8]>(None),
            Self::Tree(root) => key.tweak(Some(root)),
        }
    }
}

/// One message to sign: for a Taproot input, its signature hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The 32 bytes that are signed.
    pub message: [u8; 32],
    /// For which key.
    pub spend: Spend,
}

impl Item {
    fn to_bytes(self) -> [u8; ITEM] {
        let (form, root) = match self.spend {
            Spend::Plain => (0, [0; 32]),
            Spend::KeyOnly => (1, [0; 32]),
            Spend::Tree(root) => (2, root),
        };
        let mut bytes = [0; ITEM];
        bytes[..32].copy_from_slice(&self.message);
        bytes[32] = form;
        bytes[33..].copy_from_slice(&root);
        bytes
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FormatError> {
        let (message, form, root) = (reader.array()?, reader.u8()?, reader.array::<32>()?);
        let spend = match (form, root == [0; 32]) {
            (0, true) => Spend::Plain,
            (1, true) => Spend::KeyOnly,
            (2, _) => Spend::Tree(root),
            (0 | 1, false) => return Err(FormatError::Inconsistent),
            (version, _) => return Err(FormatError::Version { version }),
        };
        Ok(Self { message, spend })
    }

    /// Whether libsecp256k1 accepts a signature of this item.
    fn accepts(&self, group: &Group, signature: &[u8; 64]) -> Result<(), CheckFailed> {
        verify_signature(&self.spend.key(group)?, &self.message, signature)
    }
}

/// Signatures that libsecp256k1 accepted, in the order of the items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures {
    /// BIP 340 signatures.
    pub signatures: Vec<[u8; 64]>,
    /// Who signed; empty where only the signatures are known.
    pub signers: BTreeSet<Party>,
}

/// One side of a signing ceremony: where its messages come from and go to.
#[derive(Clone, Copy)]
struct Line {
    scope: Scope,
    me: Party,
}

impl Line {
    fn new(ceremony: CeremonyId, group: GroupId, me: Party) -> Self {
        Self { scope: Scope { kind: Kind::Sign, ceremony, group: group.0 }, me }
    }

    fn message(&self, round: u8, to: Party, attempt: u8, body: &[u8]) -> Outgoing {
        let head = Head { scope: self.scope, round, from: self.me, to: Some(to) };
        Outgoing { to: To::One(to), bytes: [&head.to_bytes()[..], &[attempt], body].concat() }
    }

    /// Round, attempt and body of a message to this participant.
    fn read<'a>(&self, from: Party, bytes: &'a [u8]) -> Result<(u8, u8, &'a [u8]), Refusal> {
        let (head, payload) = Head::read(self.scope, from, self.me, bytes)?;
        if head.to.is_none() {
            return Err(Refusal::Recipient);
        }
        let (attempt, body) = payload.split_first().ok_or(Refusal::Length { got: bytes.len(), need: HEAD + 1 })?;
        Ok((head.round, *attempt, body))
    }
}

/// The answer to any message of a coordinator by somebody who has no signer for it.
pub(crate) fn decline(bytes: &[u8], me: Party) -> Result<Outgoing, Refusal> {
    let Label { ceremony, group, from, round, .. } = Label::read(bytes)?;
    if !matches!(round, REQUEST | PACKAGE) {
        return Err(Refusal::Round { round });
    }
    let line = Line::new(ceremony, GroupId(group), me);
    let (_, attempt, _) = line.read(from, bytes)?;
    Ok(line.message(DECLINE, from, attempt, &[]))
}

/// The exact length of a body, counted with head and attempt.
fn exact(body: &[u8], need: usize) -> Result<(), Refusal> {
    let whole = |body| HEAD + 1 + body;
    if body.len() == need { Ok(()) } else { Err(Refusal::Length { got: whole(body.len()), need: whole(need) }) }
}

fn encode_items(items: &[Item]) -> Vec<u8> {
    let count = u8::try_from(items.len()).expect("a ceremony has at most MAX_ITEMS items");
    let mut body = vec![count];
    items.iter().for_each(|item| body.extend(item.to_bytes()));
    body
}

fn decode_items(body: &[u8]) -> Result<Vec<Item>, Refusal> {
    let count = usize::from(*body.first().ok_or(Refusal::Length { got: HEAD + 1, need: HEAD + 2 })?);
    exact(body, 1 + count * ITEM)?;
    if count == 0 || count > MAX_ITEMS {
        return Err(Refusal::Content(FormatError::Length));
    }
    let mut reader = Reader::new(&body[1..]);
    (0..count).map(|_| Item::read(&mut reader).map_err(Refusal::Content)).collect()
}
