//! The token table: supplies, and where each token stands in accounts and in the state tree.

use hashbrown::HashMap;

use super::account::TokenIndex;
use super::leaf;
use crate::amount::Amount;
use crate::rules::{Rules, TokenSpec};
use crate::token::TokenTag;

/// What the history has made of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenState {
    /// Id of its chain, as listed or as its first transaction said.
    pub chain_id: String,
    /// Minted minus burnt.
    pub supply: Amount,
}

#[derive(Debug, Clone)]
pub(super) struct TokenEntry {
    pub(super) tag: TokenTag,
    pub(super) spec: Option<TokenSpec>,
    pub(super) state: TokenState,
    /// Accounts with a balance above zero. Not part of the state root, which the balances decide.
    pub(super) holders: u64,
    pub(super) key: [u8; 32],
    head: Vec<u8>,
}

impl TokenEntry {
    fn new(tag: TokenTag, spec: Option<TokenSpec>, state: TokenState) -> Self {
        let key = leaf::token_key(&tag);
        let head = leaf::token_head(&tag, &state.chain_id, spec.as_ref());
        Self { tag, spec, state, holders: 0, key, head }
    }

    pub(super) fn value_hash(&self) -> [u8; 32] {
        leaf::token_value(&self.head, self.state.supply)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct TokenTable {
    entries: Vec<TokenEntry>,
    by_tag: HashMap<TokenTag, TokenIndex>,
}

impl TokenTable {
    /// The listed tokens in their order, nothing minted.
    pub(super) fn new(rules: &Rules) -> Self {
        let mut table = Self::default();
        for spec in rules.listed() {
            let state = TokenState { chain_id: spec.chain_id.clone(), supply: Amount::ZERO };
            table.push(spec.tag(), Some(spec.clone()), state);
        }
        table
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn find(&self, tag: &TokenTag) -> Option<TokenIndex> {
        self.by_tag.get(tag).copied()
    }

    pub(super) fn get(&self, index: TokenIndex) -> Option<&TokenEntry> {
        self.entries.get(index.get() as usize)
    }

    /// The entry of an index that came from this table.
    pub(super) fn entry(&self, index: TokenIndex) -> &TokenEntry {
        &self.entries[index.get() as usize]
    }

    pub(super) fn entry_mut(&mut self, index: TokenIndex) -> &mut TokenEntry {
        &mut self.entries[index.get() as usize]
    }

    pub(super) fn push(&mut self, tag: TokenTag, spec: Option<TokenSpec>, state: TokenState) -> TokenIndex {
        let index = TokenIndex::new(u32::try_from(self.entries.len()).expect("fewer tokens than 2^32"));
        self.by_tag.insert(tag.clone(), index);
        self.entries.push(TokenEntry::new(tag, spec, state));
        index
    }

    /// Forgets the token that came last.
    pub(super) fn pop(&mut self) {
        if let Some(entry) = self.entries.pop() {
            self.by_tag.remove(&entry.tag);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (TokenIndex, &TokenEntry)> {
        (0..).map(TokenIndex::new).zip(&self.entries)
    }
}
