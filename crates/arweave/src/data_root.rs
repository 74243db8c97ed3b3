//! Chunks of a transaction's data and the Merkle root over them.
//!
//! Chunks are 256 KiB; a tail shorter than 32 KiB is avoided by halving the remainder. Two writers round that
//! half differently, so that one data may have two roots; [`matches`] takes either. An exact multiple of
//! 256 KiB ends with a zero-length chunk that belongs to the tree.
//! leaf = H(H(H(chunk)) ‖ H(end)); branch = H(H(left) ‖ H(right) ‖ H(end of left)); an odd node moves up;
//! offsets are 32 bytes, big-endian; H is SHA-256. Empty data has no tree and no root.
//! Source: section 13.4 of the everPay protocol notes.

use crypto::{sha256, sha256_parts};

/// Largest chunk, in bytes.
pub const CHUNK_LEN_MAX: usize = 256 * 1024;
/// A tail shorter than this is avoided, in bytes.
pub const CHUNK_LEN_MIN: usize = 32 * 1024;

/// How an odd remainder is halved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The first half is the larger one (arweave-js; what we write).
    Ceil,
    /// The first half is the smaller one (goar).
    Floor,
}

/// A chunk as a half-open range of bytes of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// First byte.
    pub min: usize,
    /// One past the last byte; equal to `min` for the zero-length last chunk.
    pub max: usize,
}

/// Cuts `len` bytes into chunks, the zero-length last one included. Empty for `len` 0.
pub fn chunks(len: usize, split: Split) -> Vec<Chunk> {
    let mut out = Vec::with_capacity(len / CHUNK_LEN_MAX + 2);
    let mut min = 0;
    if len == 0 {
        return out;
    }
    while len - min >= CHUNK_LEN_MAX {
        let rest = len - min;
        let tail = rest - CHUNK_LEN_MAX;
        let size = match split {
            _ if tail == 0 || tail >= CHUNK_LEN_MIN => CHUNK_LEN_MAX,
            Split::Ceil => rest.div_ceil(2),
            Split::Floor => rest / 2,
        };
        out.push(Chunk { min, max: min + size });
        min += size;
    }
    out.push(Chunk { min, max: len });
    out
}

/// The data root, or `None` for empty data.
pub fn root(data: &[u8], split: Split) -> Option<[u8; 32]> {
    let mut level = leaves(data, split);
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| join(pair).unwrap_or(pair[0])).collect();
    }
    level.first().map(|node| node.id)
}

/// Whether the data has this root under either way of splitting.
pub fn matches(data: &[u8], expected: &[u8; 32]) -> bool {
    if root(data, Split::Ceil).as_ref() == Some(expected) {
        return true;
    }
    chunks(data.len(), Split::Ceil) != chunks(data.len(), Split::Floor)
        && root(data, Split::Floor).as_ref() == Some(expected)
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) id: [u8; 32],
    pub(crate) max: usize,
}

pub(crate) fn leaves(data: &[u8], split: Split) -> Vec<Node> {
    chunks(data.len(), split)
        .into_iter()
        .map(|chunk| Node { id: leaf_id(&sha256(&data[chunk.min..chunk.max]), chunk.max), max: chunk.max })
        .collect()
}

/// The parent of two neighbours; `None` if there is only one node, which moves up unchanged.
pub(crate) fn join(pair: &[Node]) -> Option<Node> {
    let [left, right] = pair else { return None };
    Some(Node { id: branch_id(&left.id, &right.id, &offset_bytes(left.max)), max: right.max })
}

pub(crate) fn leaf_id(data_hash: &[u8; 32], max: usize) -> [u8; 32] {
    leaf_id_raw(data_hash, &offset_bytes(max))
}

pub(crate) fn leaf_id_raw(data_hash: &[u8; 32], max: &[u8; 32]) -> [u8; 32] {
    sha256_parts(&[&sha256(data_hash), &sha256(max)])
}

pub(crate) fn branch_id(left: &[u8; 32], right: &[u8; 32], boundary: &[u8; 32]) -> [u8; 32] {
    sha256_parts(&[&sha256(left), &sha256(right), &sha256(boundary)])
}

pub(crate) fn offset_bytes(offset: usize) -> [u8; 32] {
    let mut out = [0; 32];
    out[24..].copy_from_slice(&(offset as u64).to_be_bytes());
    out
}
