//! The accepted chain of batches as it lies on Arweave, read without any part of the detector: from the wallet's newest
//! transaction back along the parent tags.

use std::time::Duration;

use arweave::{Address, ArweaveId, Gateway};
use everpay::Transaction;

/// One batch with its transactions.
#[derive(Debug)]
pub struct Batch {
    /// Its Arweave id.
    pub id: ArweaveId,
    /// What it holds, in order.
    pub transactions: Vec<Transaction>,
}

/// All batches, oldest first. Waits a little for data that the gateway shows late.
pub async fn accepted_chain(gateway: &Gateway, owner: &Address) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut next = gateway.last_tx(owner).await.unwrap();
    while let Some(id) = next {
        let header = crate::eventually(Duration::from_secs(20), "a batch has a header", || async {
            gateway.tx(&id).await.unwrap()
        })
        .await;
        assert_eq!(header.owner(), *owner, "batch {id}");
        let data = gateway.data(&header).await.unwrap();
        let items = rollup::parse(&data).unwrap();
        let transactions = items.iter().map(|item| Transaction::from_json(&item.tx_data).unwrap()).collect();
        batches.push(Batch { id, transactions });
        next = rollup::parse_tags(header.tags()).unwrap().parent;
        assert!(batches.len() < 100_000, "the chain does not end");
    }
    batches.reverse();
    batches
}
