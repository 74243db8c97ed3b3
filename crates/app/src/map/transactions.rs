//! Transactions and batches.

use detector::model::{BatchInfo, TransactionInfo, VerdictKind};
use everpay::{Rules, TokenTag, Transaction};

use super::checks::checks;
use super::{depth, token_names};
use crate::api::{BatchRow, Field, TransactionDetail, TransactionRow, Verdict};

/// The row of the list. An item that is no transaction has empty texts and its verdict.
pub(crate) fn row(info: &TransactionInfo, rules: Option<&Rules>) -> TransactionRow {
    let unreadable = Transaction::default();
    let tx = info.tx.as_ref().unwrap_or(&unreadable);
    let tag = TokenTag::new(&tx.chain_type, &tx.token_symbol, &tx.token_id);
    let (_, decimals) = token_names(rules, &tag);
    TransactionRow {
        ever_hash: info.ever_hash.clone(),
        action: tx.action.clone(),
        from: tx.from.clone(),
        to: tx.to.clone(),
        tag: tag.to_string(),
        symbol: tx.token_symbol.clone(),
        decimals,
        amount: tx.amount.clone(),
        verdict: verdict(info.verdict.kind),
        code: info.verdict.code.clone(),
        batch: info.batch.number,
        item: info.item,
        block_time_ms: Some(info.batch.block_time_ms).filter(|time| *time > 0),
        confirmed: info.batch.confirmed,
    }
}

/// Everything about a readable transaction. None when the item is none.
pub(crate) fn detail(
    info: &TransactionInfo,
    rules: Option<&Rules>,
    owner: &str,
    tip: Option<u64>,
    alert: Option<String>,
) -> Option<TransactionDetail> {
    let tx = info.tx.as_ref()?;
    let row = row(info, rules);
    let took_effect = matches!(info.verdict.kind, VerdictKind::Applied | VerdictKind::NotCheckable);
    Some(TransactionDetail {
        fields: fields(tx),
        message: tx.message(),
        checks: checks(info, tx, owner, &row.tag),
        batch_id: info.batch.id.clone(),
        batch_items: info.batch.items,
        height: Some(info.batch.height),
        depth: depth(info.batch.height, tip),
        state_root_after: info.batch.state_root.clone(),
        verified_ms: info.batch.verified_ms,
        alert,
        // No vault pays out yet, on any chain.
        payout_waits: took_effect && tx.action == "burn",
        row,
    })
}

/// The fields by their wire names, in the order in which they are signed.
fn fields(tx: &Transaction) -> Vec<Field> {
    [
        ("tokenSymbol", &tx.token_symbol),
        ("action", &tx.action),
        ("from", &tx.from),
        ("to", &tx.to),
        ("amount", &tx.amount),
        ("fee", &tx.fee),
        ("feeRecipient", &tx.fee_recipient),
        ("nonce", &tx.nonce),
        ("tokenID", &tx.token_id),
        ("chainType", &tx.chain_type),
        ("chainID", &tx.chain_id),
        ("data", &tx.data),
        ("version", &tx.version),
        ("sig", &tx.sig),
    ]
    .into_iter()
    .map(|(name, value)| Field { name: name.to_owned(), value: value.clone() })
    .collect()
}

/// The row of the list of batches.
pub(crate) fn batch_row(info: &BatchInfo, tip: Option<u64>) -> BatchRow {
    BatchRow {
        number: info.number,
        id: info.id.clone(),
        items: info.items,
        rejected: info.rejected,
        verified_ms: info.verified_ms,
        state_root: info.state_root.clone(),
        height: Some(info.height),
        depth: depth(info.height, tip),
        confirmed: info.confirmed,
    }
}

fn verdict(kind: VerdictKind) -> Verdict {
    match kind {
        VerdictKind::Applied => Verdict::Applied,
        VerdictKind::Rejected => Verdict::Rejected,
        VerdictKind::NotCheckable => Verdict::NotCheckable,
        VerdictKind::Undecidable => Verdict::Undecidable,
        VerdictKind::Repeat => Verdict::Repeat,
    }
}

/// The detector's name of a verdict.
pub(crate) fn verdict_kind(verdict: Verdict) -> VerdictKind {
    match verdict {
        Verdict::Applied => VerdictKind::Applied,
        Verdict::Rejected => VerdictKind::Rejected,
        Verdict::NotCheckable => VerdictKind::NotCheckable,
        Verdict::Undecidable => VerdictKind::Undecidable,
        Verdict::Repeat => VerdictKind::Repeat,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_fields_stand_in_signing_order() {
        let tx = Transaction {
            token_symbol: "AR".to_owned(),
            action: "transfer".to_owned(),
            nonce: "17".to_owned(),
            sig: "0x".to_owned(),
            ..Transaction::default()
        };
        let shown = fields(&tx);
        let (sig, signed) = shown.split_last().unwrap();
        let message: Vec<_> = signed.iter().map(|field| format!("{}:{}", field.name, field.value)).collect();
        assert_eq!(message.join("\n"), tx.message());
        assert_eq!(sig.name, "sig");
    }
}
