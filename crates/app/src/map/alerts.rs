//! Alerts.

use detector::{Alert, EvidenceClass, Param, Severity};

use super::shown_url;
use crate::api::{self, AlertDetail, AlertRow, Field};

/// Neither settled by itself nor thrown away with its batch. Having been seen by a person closes nothing.
pub(crate) fn is_open(alert: &Alert) -> bool {
    !alert.closed
}

/// The row of the list.
pub(crate) fn row(alert: &Alert) -> AlertRow {
    AlertRow {
        key: alert.key.clone(),
        rule: alert.rule.id().to_owned(),
        severity: match alert.severity {
            Severity::Critical => api::Severity::Critical,
            Severity::Warning => api::Severity::Warning,
        },
        code: alert.code.clone(),
        raised_ms: alert.raised_ms,
        latency_ms: alert.raised_ms.checked_sub(alert.seen_ms),
        provisional: alert.provisional,
        acknowledged: alert.acknowledged,
        closed: alert.closed,
        ever_hash: alert.place.ever_hash.clone(),
        batch_id: alert.place.batch_id.clone(),
        batch: alert.place.batch,
        item: alert.place.item,
        params: fields(&alert.params),
    }
}

/// The row with its evidence.
pub(crate) fn detail(alert: &Alert) -> AlertDetail {
    AlertDetail {
        row: row(alert),
        class: match alert.rule.class() {
            EvidenceClass::Proven => api::EvidenceClass::Proven,
            EvidenceClass::ProvenGivenRoot => api::EvidenceClass::ProvenGivenRoot,
            EvidenceClass::Recorded => api::EvidenceClass::Recorded,
        },
        comparison: alert
            .comparison
            .iter()
            .map(|row| api::Comparison {
                what: row.what.clone(),
                claim: row.claim.clone(),
                fact: row.fact.clone(),
                equal: row.equal,
            })
            .collect(),
        evidence: alert
            .evidence
            .iter()
            .map(|link| api::EvidenceLink { code: link.code.clone(), holds: link.holds, params: fields(&link.params) })
            .collect(),
        consequences: alert.consequences.clone(),
    }
}

fn fields(params: &[Param]) -> Vec<Field> {
    params.iter().map(|param| Field { name: param.name.clone(), value: shown(param) }).collect()
}

/// Addresses of sources go without their credentials.
fn shown(param: &Param) -> String {
    match param.name.as_str() {
        "source" | "sources" => param.value.split(' ').map(shown_url).collect::<Vec<_>>().join(" "),
        _ => param.value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_without_their_credentials() {
        let param =
            |name: &str| Param { name: name.to_owned(), value: "https://me:key@a.example/x http://b".to_owned() };
        assert_eq!(shown(&param("sources")), "https://a.example/x http://b");
        assert_eq!(shown(&param("reason")), param("reason").value);
    }
}
