//! Chunk proofs: that a range of bytes belongs to a data root.
//!
//! A path runs from the root down: 96 bytes per branch (left id, right id, end of the left side), then 64 bytes
//! for the leaf (hash of the chunk, its end). The same form as a gateway's `data_path`.
//! The bounds in a path are only as good as the root: check them against a signed data size.

use crypto::sha256;

use crate::data_root::{self, Chunk, Split, branch_id, leaf_id_raw, leaves, offset_bytes};

/// A chunk with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkProof {
    /// The bytes that are proven.
    pub chunk: Chunk,
    /// The path from the root.
    pub path: Vec<u8>,
}

impl ChunkProof {
    /// Offset by which gateways name the chunk: its last byte (0 for empty data).
    pub fn offset(&self) -> usize {
        self.chunk.max.saturating_sub(1)
    }
}

/// What a valid path says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// The range of the chunk.
    pub chunk: Chunk,
    /// SHA-256 of its bytes.
    pub data_hash: [u8; 32],
}

/// The proofs of all chunks, in order, the zero-length last one included.
pub fn proofs(data: &[u8], split: Split) -> Vec<ChunkProof> {
    let ranges = data_root::chunks(data.len(), split);
    let mut paths: Vec<Vec<u8>> =
        ranges.iter().map(|chunk| [sha256(&data[chunk.min..chunk.max]), offset_bytes(chunk.max)].concat()).collect();
    // Each round joins neighbours and puts the new branch in front of the paths of all leaves below it.
    let mut level: Vec<(data_root::Node, std::ops::Range<usize>)> =
        leaves(data, split).into_iter().enumerate().map(|(i, node)| (node, i..i + 1)).collect();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| climb(pair, &mut paths)).collect();
    }
    ranges.into_iter().zip(paths).map(|(chunk, path)| ChunkProof { chunk, path }).collect()
}

type Span = (data_root::Node, std::ops::Range<usize>);

fn climb(pair: &[Span], paths: &mut [Vec<u8>]) -> Span {
    let nodes: Vec<_> = pair.iter().map(|(node, _)| *node).collect();
    let Some(parent) = data_root::join(&nodes) else { return pair[0].clone() };
    let below = pair[0].1.start..pair[1].1.end;
    let branch = [nodes[0].id, nodes[1].id, offset_bytes(nodes[0].max)].concat();
    for path in &mut paths[below.clone()] {
        path.splice(0..0, branch.iter().copied());
    }
    (parent, below)
}

/// Follows a path from `root` to the chunk that holds byte `offset` of data of `size` bytes.
///
/// `None` if the path does not lead from this root, is malformed, or leads to another chunk.
pub fn verify_path(root: &[u8; 32], size: usize, offset: usize, mut path: &[u8]) -> Option<Proven> {
    let target = offset.min(size.checked_sub(1)?);
    let (mut id, mut min, mut max) = (*root, 0, size);
    while path.len() > 64 {
        let (left, rest) = path.split_first_chunk::<32>()?;
        let (right, rest) = rest.split_first_chunk::<32>()?;
        let (boundary, rest) = rest.split_first_chunk::<32>()?;
        if branch_id(left, right, boundary) != id {
            return None;
        }
        let middle = offset_of(boundary)?;
        if target < middle {
            (id, max) = (*left, max.min(middle));
        } else {
            (id, min) = (*right, min.max(middle));
        }
        path = rest;
    }
    let (data_hash, end) = path.split_first_chunk::<32>()?;
    let end: &[u8; 32] = end.try_into().ok()?;
    let whole = leaf_id_raw(data_hash, end) == id && offset_of(end)? == max && min <= max;
    whole.then_some(Proven { chunk: Chunk { min, max }, data_hash: *data_hash })
}

/// Whether `chunk` is the part of the data that `path` proves at `offset`.
pub fn verify_chunk(root: &[u8; 32], size: usize, offset: usize, path: &[u8], chunk: &[u8]) -> bool {
    verify_path(root, size, offset, path)
        .is_some_and(|proven| proven.chunk.max - proven.chunk.min == chunk.len() && proven.data_hash == sha256(chunk))
}

fn offset_of(bytes: &[u8; 32]) -> Option<usize> {
    let (high, low) = bytes.split_at(24);
    let low = u64::from_be_bytes(low.try_into().ok()?);
    if high.iter().any(|byte| *byte != 0) {
        return None;
    }
    usize::try_from(low).ok()
}
