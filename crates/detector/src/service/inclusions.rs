//! The other half of the evidence of a replay or a double mint: where the transaction, or another mint of the same
//! deposit, took effect the first time.

use super::Detector;
use crate::alert::{Alert, Link, Rule, param};
use crate::model::{Notice, TransactionInfo, VerdictKind};
use everpay::TokenTag;
use store::sqlite::StoreError;

/// Code of the link.
const FIRST: &str = "firstInclusion";

impl Detector {
    /// Adds the first inclusion to the replay and double-mint alerts of the newest overlay batch. A nonce that was used for
    /// another transaction has none: then the account's last nonce is the evidence.
    pub(super) async fn add_first_inclusions(&self) -> Result<(), StoreError> {
        let repeated = |alert: &&Alert| matches!(alert.rule, Rule::F3 | Rule::F5);
        let repeats: Vec<Alert> = self.engine.shared.read(|head| {
            let keys = head.overlay.back().map(|last| last.alerts.clone()).unwrap_or_default();
            keys.iter().filter_map(|key| head.alerts.get(key)).filter(repeated).cloned().collect()
        });
        for alert in repeats {
            let Some(Ok(hash)) = self.first_hash(&alert).await?.map(|text| text.parse()) else { continue };
            let Some(first) = self.view.transaction(&hash).await? else { continue };
            if !took_effect(&first) {
                continue;
            }
            // In place: a person may have marked the alert meanwhile.
            let told = self.engine.shared.write(|head| {
                let known = head.alerts.get_mut(&alert.key)?;
                if !known.evidence.iter().any(|link| link.code == FIRST) {
                    let before_last = known.evidence.len().saturating_sub(1);
                    known.evidence.insert(before_last, link(&first));
                }
                Some(Notice::Alert(Box::new(known.clone()), false))
            });
            self.engine.shared.tell(told);
        }
        Ok(())
    }

    /// everHash of what took effect first: the same transaction, or the mint that the deposit led to.
    async fn first_hash(&self, alert: &Alert) -> Result<Option<String>, StoreError> {
        if alert.rule == Rule::F3 {
            return Ok(alert.place.ever_hash.clone());
        }
        let tag = TokenTag::from_text(alert.param("tag"));
        Ok(self.view.mint_of(&tag, alert.param("deposit")).await?.map(|mint| mint.ever_hash))
    }
}

fn took_effect(first: &TransactionInfo) -> bool {
    matches!(first.verdict.kind, VerdictKind::Applied | VerdictKind::NotCheckable)
}

fn link(first: &TransactionInfo) -> Link {
    Link {
        code: FIRST.to_owned(),
        holds: true,
        params: vec![
            param("batch", first.batch.number),
            param("item", first.item),
            param("id", &first.batch.id),
            param("height", first.batch.height),
        ],
    }
}
