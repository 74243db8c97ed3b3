//! Opening: the database, the pinned rules, and the state at the cursor.

use crate::alert::Alert;
use crate::carry::Carry;
use crate::config::Config;
use crate::error::DetectorError;
use crate::head::{Head, ROOTS_MAX, Tip};
use crate::settle::StoredToken;
use arweave::ArweaveId;
use everpay::{Account, AccountId, Ledger, MintFingerprint, Minted, Rules, Snapshot, StateRoot, TokenTag};
use rollup::Chain;
use std::collections::{BTreeMap, HashMap, VecDeque};
use store::ledger::{LedgerStore, Restored};

const RULES: &str = "rules";
const OWNER: &str = "owner";

/// The rules pinned in this data directory; pins those of the configuration at the first start.
pub(crate) async fn pinned_rules(store: &LedgerStore, config: &Config) -> Result<Option<Rules>, DetectorError> {
    let owner = config.owner.to_string();
    match store.meta(OWNER).await? {
        Some(known) if known != owner.as_bytes() => return Err(DetectorError::OtherOwner),
        Some(_) => {}
        None => store.set_meta(OWNER, owner.as_bytes()).await?,
    }
    let pinned = match store.meta(RULES).await? {
        Some(bytes) => Some(serde_json::from_slice::<Rules>(&bytes).map_err(|e| DetectorError::damaged("rules", e))?),
        None => None,
    };
    match (pinned, &config.rules) {
        (Some(pinned), Some(given)) if pinned != *given => Err(DetectorError::OtherRules),
        (Some(pinned), _) => Ok(Some(pinned)),
        (None, Some(given)) => {
            pin_rules(store, given).await?;
            Ok(Some(given.clone()))
        }
        (None, None) => Ok(None),
    }
}

/// Pins the rules for good.
pub(crate) async fn pin_rules(store: &LedgerStore, rules: &Rules) -> Result<(), DetectorError> {
    let text = serde_json::to_vec(rules).map_err(|e| DetectorError::damaged("rules", e))?;
    Ok(store.set_meta(RULES, &text).await?)
}

/// The state at the cursor, and the chain that led there.
pub(crate) async fn restore(store: &LedgerStore, rules: Option<Rules>) -> Result<(Head, Chain), DetectorError> {
    let restored = store.restore().await?;
    let alerts = load_alerts(store).await?;
    let carry = match &restored.cursor {
        Some(_) => Carry::decode(&restored.carry).ok_or_else(|| DetectorError::damaged("carry", "not readable"))?,
        None => Carry::default(),
    };
    let chain = accepted_chain(&restored)?;
    let settled = restored.cursor.as_ref().map(|row| Tip { number: row.number, height: row.height });
    let roots = recent_roots(store).await?;
    let last_verified_ms = restored.cursor.as_ref().map(|row| row.verified_ms);
    let ledger = match rules {
        Some(rules) => Some(load_ledger(rules, restored, carry.totals.applied)?),
        None => None,
    };
    let mut head = Head { carry, settled, alerts, roots, ..Head::new(ledger) };
    head.status.last_verified_ms = last_verified_ms;
    head.refresh();
    Ok((head, chain))
}

fn load_ledger(rules: Rules, restored: Restored, applied: u64) -> Result<Ledger, DetectorError> {
    let expected = restored.cursor.as_ref().map(|row| row.state_root);
    let mut accounts = Vec::with_capacity(restored.accounts.len());
    for (id, value) in restored.accounts {
        let id = AccountId::from_bytes(&id).map_err(|e| DetectorError::damaged("account id", e))?;
        let account = Account::decode(&value).map_err(|e| DetectorError::damaged("account", e))?;
        accounts.push((id, account));
    }
    let mut tokens = Vec::with_capacity(restored.tokens.len());
    for (tag, value) in restored.tokens {
        tokens.push(StoredToken::decode(&tag, &value).ok_or_else(|| DetectorError::damaged("token", "not readable"))?);
    }
    let minted = |(tag, deposit): (String, String)| Minted {
        tag: TokenTag::from_text(&tag),
        deposit: MintFingerprint::from_text(deposit),
    };
    let mints: Vec<_> = restored.mints.into_iter().map(minted).collect();
    let ledger = Ledger::load(rules, Snapshot { accounts, tokens, mints, applied })
        .map_err(|e| DetectorError::damaged("state", e))?;
    // The same property on two paths: what was written must lead to the root that was written.
    match expected {
        Some(root) if ledger.root() != StateRoot::new(root) => {
            Err(DetectorError::damaged("state", "the accounts do not lead to the stored state root"))
        }
        _ => Ok(ledger),
    }
}

async fn load_alerts(store: &LedgerStore) -> Result<BTreeMap<String, Alert>, DetectorError> {
    let mut alerts = BTreeMap::new();
    for row in store.alerts().await? {
        let mut alert: Alert = serde_json::from_str(&row.body).map_err(|e| DetectorError::damaged("alert", e))?;
        alert.acknowledged = row.acknowledged;
        alert.closed = row.closed;
        alerts.insert(row.key, alert);
    }
    Ok(alerts)
}

async fn recent_roots(store: &LedgerStore) -> Result<VecDeque<(String, u64, StateRoot)>, DetectorError> {
    let rows = store.batches(None, ROOTS_MAX).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.number, StateRoot::new(row.state_root))).collect())
}

/// The accepted chain, oldest first: from the newest batch back by its parents; replaced siblings are not on it.
fn accepted_chain(restored: &Restored) -> Result<Chain, DetectorError> {
    let parents: HashMap<&str, &str> =
        restored.links.iter().map(|(id, parent)| (id.as_str(), parent.as_str())).collect();
    let mut ids = Vec::new();
    let mut at = restored.links.last().map(|(id, _)| id.as_str());
    while let Some(current) = at {
        ids.push(id(current)?);
        let parent = parents.get(current).copied().unwrap_or("");
        at = (!parent.is_empty() && ids.len() <= restored.links.len()).then_some(parent);
    }
    Ok(ids.into_iter().rev().collect())
}

fn id(text: &str) -> Result<ArweaveId, DetectorError> {
    text.parse().map_err(|e| DetectorError::damaged("batch id", e))
}
