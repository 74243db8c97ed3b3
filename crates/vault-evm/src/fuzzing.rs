//! Entry points of the fuzz targets for decoders that nobody else may call: foreign bytes in, a panic when a property is
//! broken, and whether they were accepted.

use crate::node::read_answers;
use crate::release::{read_event, submission};

use crate::{VaultTokens, deposit};
use serde_json::Value;

const CHAIN_ID: u64 = 1;

/// What a node says of a transaction: a list of the transaction and its receipt. Whatever it says, the hash is that of the
/// fields, what came in has a sender, and an event's proposal is the one that it names.
#[must_use]
pub fn answers(bytes: &[u8], tokens: &VaultTokens) -> bool {
    let Ok([transaction, receipt]) = serde_json::from_slice::<[Value; 2]>(bytes) else { return false };
    let Some((transaction, receipt)) = read_answers(transaction, receipt) else { return false };
    let _ = submission(&transaction, tokens.vault(), CHAIN_ID);
    let incoming = deposit::read(&transaction, &receipt, tokens);
    for found in &incoming {
        assert!(!found.senders.is_empty(), "units from nobody");
        let credited = found.outcome.map_or(transaction.signer, |credit| Some(credit.account));
        assert_eq!(credited, transaction.signer, "somebody else than the signer is credited");
    }
    let events: Vec<_> = receipt.logs.iter().filter_map(|log| read_event(log, tokens.vault(), CHAIN_ID)).collect();
    assert!(events.iter().all(|event| event.at.tx == transaction.hash), "an event of another transaction");
    !incoming.is_empty() || !events.is_empty()
}
