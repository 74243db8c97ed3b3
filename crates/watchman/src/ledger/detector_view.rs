//! The detector as a watchman's ledger.

use super::{FoundBurn, FoundHalt, Ledger, Standing};
use detector::model::{BurnFilter, BurnInfo, ChainReserve, Cover, HeadStatus, Solvency, SourceState, VerdictKind};
use detector::{Accusation, AccuseError, EvidenceClass, Rule, Severity, View};
use everpay::{EverHash, Rules, TokenTag};
use futures::future::{BoxFuture, FutureExt};
use std::collections::BTreeSet;
use store::sqlite::StoreError;
use vault::burn::{BatchRef, Burn};
use vault::halt::Cause;
use vault::payload::Payload;
use vault::pipeline::Sources;
use vault::signature::SignedPayload;

/// Burns read at once.
const PAGE: u32 = 500;
/// Pages of one look: what is beyond waits until those before it are paid.
const PAGES_MAX: usize = 20;

impl Ledger for View {
    fn standing(&self) -> Standing {
        let status = self.status();
        let halts = self.solvency().halts.into_iter().map(|halt| FoundHalt {
            cause: match halt.code.as_str() {
                "vault_short" => Cause::Shortfall,
                "mint_undone" => Cause::MintUndone,
                _ => Cause::Fraud,
            },
            chain: halt.chain,
            key: halt.alert_key,
        });
        Standing {
            alerts: status.started.then(|| open_alerts(self)),
            sources: status.started.then(|| sources(&status)),
            tip: status.tip,
            halts: halts.collect(),
            position: (status.batches, status.state_root),
        }
    }

    fn waiting<'a>(
        &'a self,
        chains: &'a BTreeSet<String>,
        known: &'a BTreeSet<EverHash>,
    ) -> BoxFuture<'a, Result<Vec<FoundBurn>, StoreError>> {
        waiting(self, chains, known).boxed()
    }

    fn find<'a>(&'a self, burns: &'a [EverHash]) -> BoxFuture<'a, Result<Option<Vec<FoundBurn>>, StoreError>> {
        find(self, burns).boxed()
    }

    fn accuse<'a>(&'a self, chain: &'a str, signed: &'a SignedPayload) -> BoxFuture<'a, Result<(), String>> {
        let Payload::Evm(payload) = signed.payload();
        let accusation = Accusation {
            chain: chain.to_owned(),
            owner: *signed.signature().owner().as_bytes(),
            proposal: payload.proposal().clone(),
            signature: *signed.signature().bytes(),
        };
        async move {
            match Self::accuse(self, &accusation).await {
                Ok(_) => Ok(()),
                Err(why @ (AccuseError::NotYet | AccuseError::Store(_))) => Err(why.to_string()),
                Err(why) => {
                    tracing::warn!(owner = %signed.signature().owner(), %why, "an accusation that is not kept");
                    Ok(())
                }
            }
        }
        .boxed()
    }

    fn lift<'a>(
        &'a self,
        chain: &'a str,
        keys: &'a BTreeSet<String>,
        by: &'a str,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), String>> {
        async move {
            let halts = self.solvency().halts.into_iter().filter(|halt| halt.chain == chain);
            let standing: BTreeSet<String> = halts.map(|halt| halt.alert_key).collect();
            if standing.is_empty() {
                return Ok(());
            }
            if !standing.is_subset(keys) {
                return Err("another cause came up meanwhile".to_owned());
            }
            self.lift_halt(chain, &standing, by, reason).await.map_err(|why| why.to_string())
        }
        .boxed()
    }
}

async fn find(view: &View, burns: &[EverHash]) -> Result<Option<Vec<FoundBurn>>, StoreError> {
    let (status, solvency) = (view.status(), view.solvency());
    let Some(rules) = view.rules().filter(|_| status.started) else { return Ok(None) };
    let mut found = Vec::new();
    for ever_hash in burns {
        let Some(row) = view.burn(ever_hash).await? else { continue };
        found.extend(look_up(view, &rules, *ever_hash, &row, &status, &solvency).await?);
    }
    Ok(Some(found))
}

fn open_alerts(view: &View) -> BTreeSet<String> {
    let stops = |alert: &detector::Alert| {
        !alert.closed && alert.severity == Severity::Critical && alert.rule.class() != EvidenceClass::Recorded
    };
    view.alerts().into_iter().filter(stops).map(|alert| alert.key).collect()
}

fn sources(status: &HeadStatus) -> Sources {
    let differs = |state| matches!(state, SourceState::Disagrees | SourceState::Altered);
    let differing = status.sources.iter().filter(|source| differs(source.state)).map(|source| source.url.clone());
    // What keeps the replay from the end of the chain is told as nobody agreeing.
    let agreeing = if status.unfinished.is_none() { status.sources_agreeing } else { 0 };
    Sources {
        agreeing: u32::try_from(agreeing).unwrap_or(u32::MAX),
        needed: u32::try_from(status.sources_needed).unwrap_or(u32::MAX),
        differing: differing.collect(),
    }
}

async fn waiting(
    view: &View,
    chains: &BTreeSet<String>,
    known: &BTreeSet<EverHash>,
) -> Result<Vec<FoundBurn>, StoreError> {
    let (status, solvency) = (view.status(), view.solvency());
    let Some(rules) = view.rules().filter(|_| status.started) else { return Ok(Vec::new()) };
    let filter = BurnFilter { account: None, waiting_only: true };
    let (mut found, mut before) = (Vec::new(), None);
    for _ in 0..PAGES_MAX {
        let page = view.burns(&filter, before, PAGE).await?;
        for row in page.rows.iter().filter(|row| chains.contains(&row.chain)) {
            let Ok(ever_hash) = row.ever_hash.parse::<EverHash>() else { continue };
            if known.contains(&ever_hash) {
                continue;
            }
            found.extend(look_up(view, &rules, ever_hash, row, &status, &solvency).await?);
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Ok(found)
}

async fn look_up(
    view: &View,
    rules: &Rules,
    ever_hash: EverHash,
    row: &BurnInfo,
    status: &HeadStatus,
    solvency: &Solvency,
) -> Result<Option<FoundBurn>, StoreError> {
    let Some(info) = view.transaction(&ever_hash).await? else { return Ok(None) };
    let (Some(token), Ok(id)) = (rules.token(&row.tag), info.batch.id.parse::<arweave::ArweaveId>()) else {
        return Ok(None);
    };
    if info.verdict.kind != VerdictKind::Applied {
        return Ok(None);
    }
    let batch = BatchRef { id: *id.as_bytes(), height: info.batch.height, time_ms: info.batch.block_time_ms };
    let burn = match Burn::new(ever_hash, batch, token, &row.chain, &row.to, row.amount) {
        Ok(burn) => burn,
        Err(why) => {
            tracing::warn!(%ever_hash, %why, "a burn that no vault can pay");
            return Ok(None);
        }
    };
    let deep = info.batch.confirmed && is_covered(view, row, status, solvency);
    let depth = status.tip.and_then(|tip| (tip + 1).checked_sub(info.batch.height)).filter(|_| deep);
    Ok(Some(FoundBurn { burn, depth }))
}

/// Whether the vault that would pay was read after the burn became a debt, and nothing shows that funds are short.
fn is_covered(view: &View, row: &BurnInfo, status: &HeadStatus, solvency: &Solvency) -> bool {
    let token = solvency.tokens.iter().find(|token| token.tag == row.tag);
    let Some(token) = token.filter(|_| solvency.batch >= row.batch) else { return false };
    let here = |reserve: &&ChainReserve| reserve.chain == row.chain;
    match token.verdict {
        Cover::Covered => true,
        // The alert brought a halt; that one decides, until a person arms the vault again.
        Cover::Short => view.alerts().iter().any(|alert| {
            !alert.closed && alert.rule == Rule::F12 && TokenTag::from_text(alert.param("tag")) == row.tag
        }),
        // A vault elsewhere may be out of reach; the one that pays must not be, nor the end of the ledger.
        Cover::Unknown => {
            status.lag_batches == 0 && token.chains.iter().find(here).is_some_and(|reserve| reserve.held.is_some())
        }
    }
}
