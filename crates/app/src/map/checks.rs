//! The checks of one transaction in the order they ran, with the one that failed.

use detector::model::{TransactionInfo, VerdictKind};
use everpay::{Refusal, Transaction};

use crate::api::CheckView;

/// A check of an item, in the order of running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Hash,
    Signature,
    Nonce,
    Token,
    Fee,
    /// Of a transfer or burn.
    Balance,
    /// Of a mint.
    Deposit,
}

const STEPS: [Step; 7] =
    [Step::Hash, Step::Signature, Step::Nonce, Step::Token, Step::Fee, Step::Balance, Step::Deposit];

impl Step {
    fn code(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Signature => "signature",
            Self::Nonce => "nonce",
            Self::Token => "token",
            Self::Fee => "fee",
            Self::Balance => "balance",
            Self::Deposit => "deposit",
        }
    }

    /// The check that a broken rule belongs to.
    fn of(refusal: Refusal) -> Self {
        use Refusal as R;
        match refusal {
            R::InvalidSignature | R::NotFoundBundleSig | R::RegisterSig | R::InvalidOwner => Self::Signature,
            R::NonceTooLow | R::InvalidNonce | R::BundleExecuted | R::BundleExpired | R::EmailCodeExpired => {
                Self::Nonce
            }
            R::TokenNotFound | R::InvalidChainId | R::NotFoundTargetChainInfo | R::InvalidAction => Self::Token,
            R::InvalidFee | R::InvalidFeeRecipient | R::NotExistBurnFee | R::NegativeFee => Self::Fee,
            R::InsufficientBalance
            | R::InsufficientTotalSupply
            | R::NegativeAmount
            | R::LargerAmount
            | R::InvalidBurnTx => Self::Balance,
            R::TxMinted | R::InvalidMintTx => Self::Deposit,
            R::NotJsonData
            | R::InvalidTxVersion
            | R::LargerData
            | R::InvalidAmount
            | R::InvalidId
            | R::InvalidTargetChainType
            | R::InvalidMintHash
            | R::InvalidBundleData
            | R::NotFoundBundleItems
            | R::BundleVersion
            | R::BundleSalt => Self::Hash,
        }
    }
}

/// The batch's own checks first, then the item's. `owner` is the address that writes the ledger's batches.
pub(super) fn checks(info: &TransactionInfo, tx: &Transaction, owner: &str, tag: &str) -> Vec<CheckView> {
    let batch = &info.batch;
    let mut all = vec![
        view("inBatch", "holds", format!("{} / {}", info.item, batch.items)),
        view("batchOwner", "holds", owner.to_owned()),
        view("parent", "holds", batch.id.clone()),
    ];
    let failed = match info.verdict.kind {
        VerdictKind::Rejected => {
            let refusal = info.verdict.code.as_deref().and_then(Refusal::from_code);
            Some(refusal.map_or(Step::Hash, Step::of))
        }
        _ => None,
    };
    let is_mint = tx.action == "mint";
    for step in STEPS {
        let belongs = match step {
            // A refusal of the other kind's check still has to show somewhere.
            Step::Balance => !is_mint || failed == Some(Step::Balance),
            Step::Deposit => is_mint || failed == Some(Step::Deposit),
            _ => true,
        };
        if belongs {
            all.push(view(step.code(), result(step, info.verdict.kind, failed), fact(step, info, tx, tag)));
        }
    }
    all
}

fn result(step: Step, verdict: VerdictKind, failed: Option<Step>) -> &'static str {
    match (verdict, failed) {
        (VerdictKind::Rejected, Some(failed)) if step == failed => "fails",
        (VerdictKind::Rejected, Some(failed)) if step > failed => "notReached",
        (VerdictKind::NotCheckable, _) if step == Step::Deposit => "notCheckable",
        // Its rule was never published: what comes after the signature was not judged.
        (VerdictKind::Undecidable, _) if step > Step::Signature => "notReached",
        (VerdictKind::Repeat, _) => "notReached",
        _ => "holds",
    }
}

fn fact(step: Step, info: &TransactionInfo, tx: &Transaction, tag: &str) -> String {
    match step {
        Step::Hash => info.ever_hash.clone(),
        Step::Signature => tx.from.clone(),
        Step::Nonce => tx.nonce.clone(),
        Step::Token => tag.to_owned(),
        Step::Fee => tx.fee.clone(),
        Step::Balance => tx.amount.clone(),
        Step::Deposit => info.mint_finding.as_ref().map_or_else(String::new, deposit),
    }
}

/// The deposit that the finding is about, with what it lacks.
fn deposit(finding: &serde_json::Value) -> String {
    let text = |value: Option<&serde_json::Value>| value.and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let deposit = text(finding.pointer("/evidence/deposit"));
    let why = text(finding.get("reason").or_else(|| finding.get("why")));
    [deposit, why].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn view(code: &str, result: &str, fact: String) -> CheckView {
    CheckView { code: code.to_owned(), result: result.to_owned(), fact }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detector::model::{BatchInfo, ItemVerdict};

    /// The checks as one line, for one verdict.
    fn line(action: &str, kind: VerdictKind, code: Option<&str>) -> String {
        let tx = Transaction { action: action.to_owned(), ..Transaction::default() };
        let info = TransactionInfo {
            tx: None,
            ever_hash: "0x".to_owned(),
            verdict: ItemVerdict { kind, code: code.map(str::to_owned) },
            batch: BatchInfo {
                number: 1,
                id: "b".to_owned(),
                items: 2,
                rejected: 0,
                verified_ms: 1,
                state_root: "0x".to_owned(),
                height: 1,
                block_time_ms: 1,
                confirmed: true,
            },
            item: 1,
            mint_finding: None,
        };
        let all = checks(&info, &tx, "o", "t");
        all.iter().skip(3).map(|c| format!("{}:{}", c.code, c.result)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_failing_check_is_named_and_later_ones_did_not_run() {
        assert_eq!(
            line("transfer", VerdictKind::Applied, None),
            "hash:holds signature:holds nonce:holds token:holds fee:holds balance:holds"
        );
        assert_eq!(
            line("transfer", VerdictKind::Rejected, Some("err_nonce_too_low")),
            "hash:holds signature:holds nonce:fails token:notReached fee:notReached balance:notReached"
        );
        assert_eq!(
            line("mint", VerdictKind::Rejected, Some("err_invalid_mint_tx")),
            "hash:holds signature:holds nonce:holds token:holds fee:holds deposit:fails"
        );
        assert_eq!(
            line("mint", VerdictKind::NotCheckable, None),
            "hash:holds signature:holds nonce:holds token:holds fee:holds deposit:notCheckable"
        );
        assert_eq!(
            line("setAcc", VerdictKind::Undecidable, Some("set_acc")),
            "hash:holds signature:holds nonce:notReached token:notReached fee:notReached balance:notReached"
        );
        assert!(
            line("transfer", VerdictKind::Rejected, Some("err_new")).starts_with("hash:fails signature:notReached")
        );
    }

    #[test]
    fn every_refusal_shows_as_a_failed_check() {
        for refusal in Refusal::ALL {
            for action in ["transfer", "mint", "burn"] {
                let shown = line(action, VerdictKind::Rejected, Some(refusal.code()));
                assert_eq!(shown.matches(":fails").count(), 1, "{refusal} of a {action}: {shown}");
            }
        }
    }

    #[test]
    fn a_deposit_is_told_by_its_finding() {
        let finding = serde_json::json!({"finding": "refuted", "reason": "wrongAmount", "evidence": {"deposit": "d1"}});
        assert_eq!(deposit(&finding), "d1 wrongAmount");
        assert_eq!(deposit(&serde_json::json!({"finding": "notCheckable", "why": "noSource"})), "noSource");
    }
}
