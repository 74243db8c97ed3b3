//! What a case wants done now: a function of its state and of what is known, so that a restart finds it again.

use super::case::{Case, Stage};
use super::effect::Effect;
use super::world::{Wait, World};

impl World {
    /// What the case waits for before a signature; `None` when nothing, or when it is past that.
    pub(super) fn wait(&self, case: &Case, now_ms: u64) -> Option<Wait> {
        match case.stage {
            Stage::Seen => Some(Wait::Depth),
            Stage::Verified if self.policy.is_none() => Some(Wait::NoPolicy),
            Stage::Approved { .. } | Stage::Intended => self.gate(case, now_ms).err().or_else(|| {
                let stale = !self.is_fresh(case, now_ms);
                stale.then_some(Wait::ReleaseUnknown)
            }),
            Stage::Signed { .. } | Stage::Quorum { .. } => self.gate(case, now_ms).err(),
            _ => None,
        }
    }

    pub(super) fn wants(&self, case: &Case, now_ms: u64) -> Vec<Effect> {
        let ever_hash = case.burn.ever_hash;
        if let Stage::Executed(_) = case.stage {
            return vec![Effect::Watch { ever_hash }];
        }
        let (Ok(setup), Some(payload)) = (self.setup(), &case.payload) else { return Vec::new() };
        let may = self.gate(case, now_ms).is_ok();
        let fresh = self.is_fresh(case, now_ms);
        let publish = || case.own(&setup.me).map(|signed| Effect::Publish { signed });
        match &case.stage {
            Stage::Awaiting { rule } => {
                vec![Effect::AskPerson { ever_hash, digest: payload.digest(), rule: rule.clone() }]
            }
            Stage::Approved { .. } | Stage::Intended if may && !fresh => vec![Effect::CheckRelease { ever_hash }],
            Stage::Approved { .. } if may => vec![Effect::StoreIntent { ever_hash, digest: payload.digest() }],
            // W1, W2, W3 hold now; W4 and W5 held when the intent was stored; W6 when the payload was built.
            Stage::Intended if may && case.intent == Some(payload.digest()) => {
                vec![Effect::Sign { ever_hash, payload: payload.clone() }]
            }
            Stage::Signed { .. } | Stage::Quorum { .. } if may => publish().into_iter().collect(),
            Stage::Submitted(submission) if submission.by != setup.me => {
                let publish = publish().filter(|_| may);
                publish.into_iter().chain([Effect::Watch { ever_hash }]).collect()
            }
            Stage::Submitted(submission) => match &submission.tx {
                None if may && self.has_quorum(case, now_ms) => vec![Effect::Submit {
                    ever_hash,
                    payload: payload.clone(),
                    signatures: self.counting(case, now_ms),
                    attempt: case.attempts,
                }],
                None => Vec::new(),
                // It left before any halt that came since: it goes on.
                Some(tx) if submission.raise_due => {
                    vec![Effect::RaiseFee { ever_hash, tx: tx.clone(), raise: submission.raises }]
                }
                Some(_) => vec![Effect::Watch { ever_hash }],
            },
            _ => Vec::new(),
        }
    }

    fn counting(&self, case: &Case, now_ms: u64) -> Vec<crate::signature::VerifiedSignature> {
        let active = self.active(&case.burn.chain, now_ms);
        case.signatures().filter(|signature| active.contains(&signature.owner())).cloned().collect()
    }
}
