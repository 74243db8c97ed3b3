//! ANS-104 data items and bundles: transactions inside the data of a transaction.
//!
//! Parsing and verifying only. Signature kinds: Arweave (1) and Ethereum (3); others parse but are never valid
//! here, and say so. Lengths are little-endian. The id is SHA-256 of the signature.

use crypto::secp::Recoverer;
use crypto::{eip191_hash, sha256};

use crate::avro;
use crate::deep_hash::{DeepHash, deep_hash};
use crate::ids::ArweaveId;
use crate::pss;
use crate::tags::Tag;

/// Most items one bundle may hold here.
pub const ITEMS_MAX: usize = 100_000;

/// Why bytes are not a data item or bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ans104Error {
    /// The bytes end early, or bytes are left over.
    #[error("length does not fit the content")]
    Length,
    /// A signature kind of unknown layout.
    #[error("unknown signature kind {0}")]
    SignatureKind(u16),
    /// A presence byte other than 0 or 1.
    #[error("malformed presence byte")]
    Presence,
    /// The tags are malformed, or their count is not the one announced.
    #[error("malformed tags")]
    Tags,
    /// An id in the bundle's table is not the item's.
    #[error("item {0} has another id than the bundle says")]
    IdMismatch(usize),
    /// More than [`ITEMS_MAX`] items.
    #[error("too many items")]
    TooMany,
}

/// A parsed, not yet verified data item. Borrows its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataItem<'a> {
    /// 1 Arweave, 2 Ed25519, 3 Ethereum, 4 Solana.
    pub signature_kind: u16,
    /// The signature.
    pub signature: &'a [u8],
    /// Public key of the signer.
    pub owner: &'a [u8],
    /// Target, if present.
    pub target: Option<&'a [u8; 32]>,
    /// Anchor, if present.
    pub anchor: Option<&'a [u8; 32]>,
    /// Tags in order.
    pub tags: Vec<Tag>,
    raw_tags: &'a [u8],
    /// The payload.
    pub data: &'a [u8],
}

impl<'a> DataItem<'a> {
    /// Parses one item that fills `bytes`.
    ///
    /// # Errors
    /// [`Ans104Error`] names what is malformed.
    pub fn parse(mut bytes: &'a [u8]) -> Result<Self, Ans104Error> {
        let rest = &mut bytes;
        let signature_kind = u16::from_le_bytes(*take_array(rest)?);
        let (signature_len, owner_len) = match signature_kind {
            1 => (512, 512),
            2 | 4 => (64, 32),
            3 => (65, 65),
            other => return Err(Ans104Error::SignatureKind(other)),
        };
        let signature = take(rest, signature_len)?;
        let owner = take(rest, owner_len)?;
        let target = take_optional(rest)?;
        let anchor = take_optional(rest)?;
        let tag_count = u64::from_le_bytes(*take_array(rest)?);
        let tags_len = u64::from_le_bytes(*take_array(rest)?);
        let raw_tags = take(rest, usize::try_from(tags_len).map_err(|_| Ans104Error::Length)?)?;
        let tags = avro::decode(raw_tags).map_err(|_| Ans104Error::Tags)?;
        if tags.len() as u64 != tag_count {
            return Err(Ans104Error::Tags);
        }
        Ok(Self { signature_kind, signature, owner, target, anchor, tags, raw_tags, data: rest })
    }

    /// The id: SHA-256 of the signature.
    pub fn id(&self) -> ArweaveId {
        ArweaveId::from_bytes(sha256(self.signature))
    }

    /// Whether the signature is the owner's. Always false for kinds other than Arweave and Ethereum.
    pub fn signature_holds(&self) -> bool {
        let message = self.signing_hash();
        match self.signature_kind {
            1 => pss::verify(self.owner, &message, self.signature),
            3 => self.ethereum_holds(&message),
            _ => false,
        }
    }

    fn ethereum_holds(&self, message: &[u8; 48]) -> bool {
        let (Ok(owner), Ok(signature)) = (<[u8; 65]>::try_from(self.owner), self.signature.try_into()) else {
            return false;
        };
        Recoverer::new().recover_key(&eip191_hash(message), signature) == Some(owner)
    }

    fn signing_hash(&self) -> [u8; 48] {
        let kind = self.signature_kind.to_string();
        let parts = [
            &b"dataitem"[..],
            b"1",
            kind.as_bytes(),
            self.owner,
            self.target.map_or(&[][..], |target| target),
            self.anchor.map_or(&[][..], |anchor| anchor),
            self.raw_tags,
            self.data,
        ];
        deep_hash(&DeepHash::List(parts.into_iter().map(DeepHash::Blob).collect()))
    }
}

/// Parses a bundle into its items; ids are checked against the items, signatures are not verified.
///
/// # Errors
/// [`Ans104Error`] names what is malformed.
pub fn parse_bundle(mut bytes: &[u8]) -> Result<Vec<DataItem<'_>>, Ans104Error> {
    let rest = &mut bytes;
    let count = take_long(rest)?;
    if count > ITEMS_MAX {
        return Err(Ans104Error::TooMany);
    }
    let mut table = take(rest, count * 64)?;
    let mut items = Vec::with_capacity(count);
    for index in 0..count {
        let len = take_long(&mut table)?;
        let id: &[u8; 32] = take_array(&mut table)?;
        let item = DataItem::parse(take(rest, len)?)?;
        if item.id().as_bytes() != id {
            return Err(Ans104Error::IdMismatch(index));
        }
        items.push(item);
    }
    if rest.is_empty() { Ok(items) } else { Err(Ans104Error::Length) }
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Result<&'a [u8], Ans104Error> {
    let (head, tail) = rest.split_at_checked(len).ok_or(Ans104Error::Length)?;
    *rest = tail;
    Ok(head)
}

fn take_array<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], Ans104Error> {
    let (head, tail) = rest.split_first_chunk().ok_or(Ans104Error::Length)?;
    *rest = tail;
    Ok(head)
}

fn take_optional<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8; 32]>, Ans104Error> {
    match take_array(rest)? {
        [0] => Ok(None),
        [1] => Ok(Some(take_array(rest)?)),
        _ => Err(Ans104Error::Presence),
    }
}

/// A 32-byte little-endian number that fits the machine.
fn take_long(rest: &mut &[u8]) -> Result<usize, Ans104Error> {
    let bytes: &[u8; 32] = take_array(rest)?;
    let (low, high) = bytes.split_at(8);
    let low = u64::from_le_bytes(low.try_into().map_err(|_| Ans104Error::Length)?);
    if high.iter().any(|byte| *byte != 0) {
        return Err(Ans104Error::Length);
    }
    usize::try_from(low).map_err(|_| Ans104Error::Length)
}
