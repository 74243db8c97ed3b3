//! A compact sparse Merkle tree in memory: SHA-256, every leaf at its shortest unique prefix.
//!
//! What always holds: the root depends on the set of (key, value hash) pairs alone, not on the order in which they came,
//! left or changed. An update touches each inner node once, however many keys change under it.
//! Format: `docs/state-root.md`. What it does not do: keep values, or anything on disk.

use super::path::{End, Path, bit, branch_hash, leaf_hash};

/// A change of one key: a new value hash, or `None` to remove the key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Update {
    pub(super) key: [u8; 32],
    pub(super) value_hash: Option<[u8; 32]>,
}

/// Where a subtree is: nowhere, or an index into the leaves or the branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Empty,
    Leaf(u32),
    Branch(u32),
}

#[derive(Debug, Clone)]
struct Leaf {
    key: [u8; 32],
    value_hash: [u8; 32],
    hash: [u8; 32],
}

#[derive(Debug, Clone)]
struct Branch {
    left: Node,
    right: Node,
    hash: [u8; 32],
}

#[derive(Debug, Clone)]
pub(super) struct Tree {
    root: Node,
    leaves: Arena<Leaf>,
    branches: Arena<Branch>,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self { root: Node::Empty, leaves: Arena::new(), branches: Arena::new() }
    }

    pub(super) fn root(&self) -> [u8; 32] {
        self.hash(self.root)
    }

    /// Applies changes of distinct keys, in any order; the slice is reordered.
    pub(super) fn update(&mut self, updates: &mut [Update]) {
        self.root = self.change(self.root, 0, updates);
    }

    /// The way from the root to where `key` is or would be.
    pub(super) fn path(&self, key: &[u8; 32]) -> Path {
        let (mut node, mut siblings) = (self.root, Vec::new());
        while let Node::Branch(index) = node {
            let branch = self.branches.get(index);
            let right = bit(key, siblings.len());
            let (next, sibling) = if right { (branch.right, branch.left) } else { (branch.left, branch.right) };
            siblings.push(self.hash(sibling));
            node = next;
        }
        let end = match node {
            Node::Leaf(index) if self.leaves.get(index).key == *key => End::Here,
            Node::Leaf(index) => {
                let leaf = self.leaves.get(index);
                End::Other { key: leaf.key, value_hash: leaf.value_hash }
            }
            Node::Empty | Node::Branch(_) => End::Empty,
        };
        Path { siblings, end }
    }

    fn hash(&self, node: Node) -> [u8; 32] {
        match node {
            Node::Empty => [0; 32],
            Node::Leaf(index) => self.leaves.get(index).hash,
            Node::Branch(index) => self.branches.get(index).hash,
        }
    }

    /// Applies `updates` to the subtree `node` at `depth` and returns what stands there afterwards.
    fn change(&mut self, node: Node, depth: usize, updates: &mut [Update]) -> Node {
        if updates.is_empty() {
            return node;
        }
        match node {
            Node::Empty => self.build(depth, updates),
            Node::Leaf(index) => self.change_leaf(index, depth, updates),
            Node::Branch(index) => self.change_branch(index, depth, updates),
        }
    }

    fn change_leaf(&mut self, index: u32, depth: usize, updates: &mut [Update]) -> Node {
        if let [Update { key, value_hash: Some(value_hash) }] = *updates
            && key == self.leaves.get(index).key
        {
            *self.leaves.get_mut(index) = Leaf { key, value_hash, hash: leaf_hash(&key, &value_hash) };
            return Node::Leaf(index);
        }
        let old = self.leaves.remove(index);
        if updates.iter().any(|update| update.key == old.key) {
            return self.build(depth, updates);
        }
        let mut all = updates.to_vec();
        all.push(Update { key: old.key, value_hash: Some(old.value_hash) });
        self.build(depth, &mut all)
    }

    fn change_branch(&mut self, index: u32, depth: usize, updates: &mut [Update]) -> Node {
        let Branch { left, right, .. } = *self.branches.get(index);
        let (to_left, to_right) = split(updates, depth);
        let left = self.change(left, depth + 1, to_left);
        let right = self.change(right, depth + 1, to_right);
        match (left, right) {
            // A leaf that is alone moves up, so that the shape depends on the keys alone.
            (Node::Empty, only @ (Node::Leaf(_) | Node::Empty)) | (only @ Node::Leaf(_), Node::Empty) => {
                self.branches.remove(index);
                only
            }
            _ => {
                let hash = branch_hash(&self.hash(left), &self.hash(right));
                *self.branches.get_mut(index) = Branch { left, right, hash };
                Node::Branch(index)
            }
        }
    }

    /// A subtree of what the updates leave, where nothing stood before.
    fn build(&mut self, depth: usize, updates: &mut [Update]) -> Node {
        let mut kept = 0;
        for position in 0..updates.len() {
            if updates[position].value_hash.is_some() {
                updates.swap(kept, position);
                kept += 1;
            }
        }
        self.build_kept(depth, &mut updates[..kept])
    }

    fn build_kept(&mut self, depth: usize, updates: &mut [Update]) -> Node {
        match updates {
            [] => Node::Empty,
            [Update { key, value_hash }] => {
                let value_hash = value_hash.expect("removals were sorted out");
                let hash = leaf_hash(key, &value_hash);
                Node::Leaf(self.leaves.insert(Leaf { key: *key, value_hash, hash }))
            }
            _ => {
                let (to_left, to_right) = split(updates, depth);
                let left = self.build_kept(depth + 1, to_left);
                let right = self.build_kept(depth + 1, to_right);
                let hash = branch_hash(&self.hash(left), &self.hash(right));
                Node::Branch(self.branches.insert(Branch { left, right, hash }))
            }
        }
    }
}

/// Reorders by the bit at `depth`: zeros to the left part, ones to the right.
fn split(updates: &mut [Update], depth: usize) -> (&mut [Update], &mut [Update]) {
    let mut zeros = 0;
    for position in 0..updates.len() {
        if !bit(&updates[position].key, depth) {
            updates.swap(zeros, position);
            zeros += 1;
        }
    }
    updates.split_at_mut(zeros)
}

/// Elements with stable indices; removed places are used again.
#[derive(Debug, Clone)]
struct Arena<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T: Clone> Arena<T> {
    fn new() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }

    fn get(&self, index: u32) -> &T {
        &self.items[index as usize]
    }

    fn get_mut(&mut self, index: u32) -> &mut T {
        &mut self.items[index as usize]
    }

    fn insert(&mut self, item: T) -> u32 {
        if let Some(index) = self.free.pop() {
            self.items[index as usize] = item;
            return index;
        }
        let index = u32::try_from(self.items.len()).expect("memory ends long before 2^32 nodes");
        self.items.push(item);
        index
    }

    fn remove(&mut self, index: u32) -> T {
        self.free.push(index);
        self.items[index as usize].clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    /// The definition of the root, written down plainly and recomputed from nothing.
    fn plain_root(entries: &[([u8; 32], [u8; 32])], depth: usize) -> [u8; 32] {
        match entries {
            [] => [0; 32],
            [(key, value_hash)] => leaf_hash(key, value_hash),
            _ => {
                let (right, left): (Vec<_>, Vec<_>) = entries.iter().copied().partition(|(key, _)| bit(key, depth));
                branch_hash(&plain_root(&left, depth + 1), &plain_root(&right, depth + 1))
            }
        }
    }

    /// Keys that share long prefixes, so that shapes are rich.
    fn key() -> impl Strategy<Value = [u8; 32]> {
        (0_u8..4, 0_u8..8).prop_map(|(first, last)| {
            let mut key = [0; 32];
            key[0] = first << 6;
            key[3] = last;
            key
        })
    }

    proptest! {
        #[test]
        fn root_and_paths_follow_the_definition(rounds in prop::collection::vec(prop::collection::btree_map(key(), prop::option::of(any::<[u8; 32]>()), 0..12), 1..8)) {
            let (mut tree, mut model) = (Tree::new(), BTreeMap::new());
            for round in rounds {
                let mut updates: Vec<_> = round.into_iter().map(|(key, value_hash)| Update { key, value_hash }).collect();
                for Update { key, value_hash } in &updates {
                    match value_hash {
                        Some(value_hash) => drop(model.insert(*key, *value_hash)),
                        None => drop(model.remove(key)),
                    }
                }
                tree.update(&mut updates);
                let entries: Vec<_> = model.iter().map(|(key, value_hash)| (*key, *value_hash)).collect();
                prop_assert_eq!(tree.root(), plain_root(&entries, 0));
                for last in 0..8 {
                    let mut key = [0; 32];
                    key[3] = last;
                    let path = tree.path(&key);
                    let value_hash = model.get(&key);
                    prop_assert!(path.proves(&tree.root(), &key, value_hash));
                    prop_assert!(!path.proves(&tree.root(), &key, Some(&[0xee; 32])));
                    if value_hash.is_some() {
                        prop_assert!(!path.proves(&tree.root(), &key, None));
                    }
                }
            }
        }
    }
}
