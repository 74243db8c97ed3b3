//! Items: one transaction each, linked to the item before.

use crypto::sha256;

/// Id of an item: SHA-256 of its data.
pub type ItemId = [u8; 32];

/// A transaction as the rollup stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// SHA-256 of `tx_data`.
    pub tx_id: ItemId,
    /// Id of the item before; `None` for the very first of a ledger.
    pub parent_id: Option<ItemId>,
    /// The transaction, for everPay its JSON.
    pub tx_data: Vec<u8>,
}

impl Item {
    /// An item after `parent_id`.
    pub fn new(parent_id: Option<ItemId>, tx_data: Vec<u8>) -> Self {
        Self { tx_id: sha256(&tx_data), parent_id, tx_data }
    }
}

/// Links transactions into items, the first of them after `prev`.
pub fn seal(prev: Option<ItemId>, tx_data: impl IntoIterator<Item = Vec<u8>>) -> Vec<Item> {
    let mut parent = prev;
    let link = |data| {
        let item = Item::new(parent, data);
        parent = Some(item.tx_id);
        item
    };
    tx_data.into_iter().map(link).collect()
}

/// Index of the first item that does not name the item before it. The first item's link is not judged here:
/// compare its `parent_id` with the last item of the batch before.
pub fn first_break(items: &[Item]) -> Option<usize> {
    items.windows(2).position(|pair| pair[1].parent_id != Some(pair[0].tx_id)).map(|index| index + 1)
}
