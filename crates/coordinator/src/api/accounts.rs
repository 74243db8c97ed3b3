//! Routes about accounts: balances, kind, and whether a message was signed by one.

use super::reply::{ApiError, Reply, json};
use super::tags;
use crate::shared::{Shared, State as Ledger};
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use crypto::secp::Recoverer;
use crypto::{b64, hexs, pss, sha256};
use everpay::{AccountId, AccountType, Refusal, TokenSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn balance(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Reply {
    let Path((tag, account)) = path?;
    let token = tags::listed(&shared.rules, &tag)?;
    let account = AccountId::parse(&account)?;
    let state = shared.state.read().await;
    Ok(Json(json!({
        "accid": account.to_string(),
        "balance": balance_of(&state, token, &account),
        "everwatch": position(&state),
    })))
}

/// All listed tokens, those of which the account has nothing included.
pub(crate) async fn balances(State(shared): State<Arc<Shared>>, path: Result<Path<String>, PathRejection>) -> Reply {
    let Path(account) = path?;
    let account = AccountId::parse(&account)?;
    let state = shared.state.read().await;
    let balances: Vec<Value> = shared.rules.listed().iter().map(|token| balance_of(&state, token, &account)).collect();
    Ok(Json(json!({ "accid": account.to_string(), "balances": balances, "everwatch": position(&state) })))
}

fn balance_of(state: &Ledger, token: &TokenSpec, account: &AccountId) -> Value {
    let tag = token.tag();
    json!({
        "tag": tag.to_string(),
        "amount": state.ledger.balance(account, &tag).to_string(),
        "decimals": token.decimals,
    })
}

/// Where the ledger stood when it was asked, so that a detector can compare at the same place.
pub(crate) fn position(state: &Ledger) -> Value {
    json!({
        "rawId": state.raw_id,
        "everHash": state.ever_hash.map(|hash| hash.to_string()).unwrap_or_default(),
        "stateRoot": state.ledger.root().to_string(),
    })
}

/// What kind of account an id is. EverIDs are not registered here yet, so that none is found.
pub(crate) async fn account(path: Result<Path<String>, PathRejection>) -> Reply {
    let Path(text) = path?;
    let account = AccountId::parse(&text)?;
    match account.kind() {
        AccountType::EverId => Err(ApiError::NOT_FOUND),
        kind @ (AccountType::Ethereum | AccountType::Arweave) => json(&json!({
            "id": account.to_string(), "type": kind.as_str(), "publicType": {}, "publicValues": {},
        })),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct VerifyQuery {
    account: String,
    message: String,
    #[serde(default)]
    public: String,
    sig: String,
    #[serde(default, rename = "type")]
    kind: String,
}

/// Whether `sig` is the account's signature over `message`, the digest that the client made of its text.
pub(crate) async fn verify(query: Result<Query<VerifyQuery>, QueryRejection>) -> Reply {
    let Query(query) = query?;
    if !matches!(query.kind.as_str(), "" | "sign" | "register") {
        return Err(ApiError::MALFORMED);
    }
    let account = AccountId::parse(&query.account)?;
    let public_id = account.to_string();
    let holds =
        tokio::task::spawn_blocking(move || signature_holds(&account, &query).map(|holds| (holds, query.public)))
            .await
            .unwrap_or(Err(ApiError::UNAVAILABLE))?;
    match holds {
        (true, public) => json(&json!({ "publicId": public_id, "public": public })),
        (false, _) => Err(Refusal::InvalidSignature.into()),
    }
}

fn signature_holds(account: &AccountId, query: &VerifyQuery) -> Result<bool, ApiError> {
    let digest: [u8; 32] = hexs::decode_array(&query.message).map_err(|_| ApiError::MALFORMED)?;
    match account {
        AccountId::Evm(address) => {
            let sig: [u8; 65] = hexs::decode_array(&query.sig).map_err(|_| Refusal::InvalidSignature)?;
            Ok(Recoverer::new().recover(&digest, &sig).as_ref() == Some(address))
        }
        AccountId::Arweave(address) => {
            let owner = b64::decode(&query.public).map_err(|_| Refusal::InvalidSignature)?;
            let sig = b64::decode(&query.sig).map_err(|_| Refusal::InvalidSignature)?;
            let is_owner = b64::encode(&sha256(&owner)) == address.as_str();
            Ok(is_owner && pss::PublicKey::from_modulus(&owner).is_ok_and(|key| key.verify(&digest, &sig)))
        }
        AccountId::EverId(_) => Err(ApiError::bad_request("err_acc_type_not_support")),
    }
}
