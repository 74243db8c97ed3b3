//! Deep hash: SHA-384 over a tree of byte strings in which neither lengths nor nesting can be confused.
//!
//! blob: H(H("blob" ‖ length) ‖ H(bytes)); list: fold of H(accumulator ‖ member) from H("list" ‖ count), with
//! length and count in decimal text.

use crypto::sha384;

/// A node of the tree to hash.
#[derive(Debug, Clone)]
pub enum DeepHash<'a> {
    /// A byte string.
    Blob(&'a [u8]),
    /// An ordered list.
    List(Vec<DeepHash<'a>>),
}

/// The deep hash of a tree. The depth is the caller's: build trees from fixed shapes or bound them first.
pub fn deep_hash(node: &DeepHash<'_>) -> [u8; 48] {
    match node {
        DeepHash::Blob(bytes) => {
            let tag = sha384(format!("blob{}", bytes.len()).as_bytes());
            pair(&tag, &sha384(bytes))
        }
        DeepHash::List(items) => {
            let tag = sha384(format!("list{}", items.len()).as_bytes());
            items.iter().fold(tag, |acc, item| pair(&acc, &deep_hash(item)))
        }
    }
}

fn pair(left: &[u8; 48], right: &[u8; 48]) -> [u8; 48] {
    let mut both = [0; 96];
    both[..48].copy_from_slice(left);
    both[48..].copy_from_slice(right);
    sha384(&both)
}
