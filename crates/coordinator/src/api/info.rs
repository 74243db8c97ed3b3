//! Routes about the service: what the ledger is, what it charges, how far the rollup is.

use super::reply::{Reply, json};
use super::tags;
use crate::shared::Shared;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use everpay::info::Everwatch;
use everpay::{TokenSpec, root_text};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn info(State(shared): State<Arc<Shared>>) -> Reply {
    let published = shared.published();
    let state = shared.state.read().await;
    let mut info = state.ledger.info();
    info.root_hash = root_text(published.roots.root_hash());
    info.ever_root_hash = root_text(published.roots.ever_root_hash());
    info.everwatch = Some(Everwatch {
        state_root: state.ledger.root(),
        raw_id: state.raw_id,
        ever_hash: state.ever_hash,
        checkpoints: published.checkpoints.clone(),
    });
    drop(state);
    json(&info)
}

pub(crate) async fn fees(State(shared): State<Arc<Shared>>) -> Reply {
    let fees: Vec<Value> = shared.rules.listed().iter().map(fee_of).collect();
    Ok(Json(json!({ "fees": fees })))
}

pub(crate) async fn fee(State(shared): State<Arc<Shared>>, path: Result<Path<String>, PathRejection>) -> Reply {
    let Path(tag) = path?;
    Ok(Json(json!({ "fee": fee_of(tags::listed(&shared.rules, &tag)?) })))
}

/// The members of both documented shapes: older clients read `atomicBundleFee`.
fn fee_of(token: &TokenSpec) -> Value {
    json!({
        "tokenTag": token.tag().to_string(),
        "transferFee": token.transfer_fee.to_string(),
        "bundleFee": token.bundle_fee.to_string(),
        "atomicBundleFee": token.bundle_fee.to_string(),
        "burnFeeMap": token.burn_fees.iter().map(|(chain, fee)| (chain.clone(), fee.to_string().into()))
            .collect::<serde_json::Map<String, Value>>(),
    })
}

/// How far the rollup is. The protocol names the members, not the route.
pub(crate) async fn status(State(shared): State<Arc<Shared>>) -> Reply {
    let published = shared.published();
    let state = shared.state.read().await;
    let text = |id: Option<arweave::ArweaveId>| id.map(|id| id.to_string()).unwrap_or_default();
    let packaged = published.packaged.map_or(0, |(raw_id, _)| raw_id);
    Ok(Json(json!({
        "BalanceMerkleRoot": {
            "rootHash": published.packaged_root.map(|root| root.to_string()).unwrap_or_default(),
            "everHash": published.packaged.map(|(_, hash)| hash.to_string()).unwrap_or_default(),
        },
        "rootHash": root_text(published.roots.root_hash()),
        "everRootHash": root_text(published.roots.ever_root_hash()),
        "isSynced": true,
        "rollupCurrentID": text(published.newest),
        "rollupParentID": text(published.confirmed),
        "pendingTxNum": state.raw_id.saturating_sub(packaged),
        "curRollupTxNum": published.sealed.saturating_sub(packaged),
        "rollupAddr": shared.owner.to_string(),
    })))
}

/// Nobody is kept out by where they call from.
pub(crate) async fn limit_ip() -> Reply {
    Ok(Json(json!({ "limit": false })))
}

/// Quick withdrawals are not offered: there is no market maker and no token.
pub(crate) async fn withdraw_info() -> Reply {
    Ok(Json(json!({ "address": "", "withdrawTimeCost": 60, "tokens": [] })))
}
