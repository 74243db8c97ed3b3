//! Routes about transactions: listings, one by its hash or deposit, what is pending.

use super::record::{PendingRecord, Record};
use super::reply::{ApiError, Reply, json};
use super::tags;
use crate::shared::Shared;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use everpay::{AccountId, EverHash};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::pool::{Filter, Item, Order};
use store::sqlite::StoreError;

/// Items on a page when the request names no count.
const COUNT_DEFAULT: u32 = 10;
/// Items on a page at most.
const COUNT_MAX: u32 = 100;

/// Query of a listing. Numbers are taken as text: an empty one counts as absent, as some clients send it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ListQuery {
    cursor: String,
    order: String,
    count: String,
    address: String,
    token_tag: String,
    action: String,
    without_action: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PendingQuery {
    ever_hash: String,
    count: String,
}

pub(crate) async fn list(State(shared): State<Arc<Shared>>, query: Result<Query<ListQuery>, QueryRejection>) -> Reply {
    let Query(query) = query?;
    let account = optional(&query.address).map(AccountId::parse).transpose()?;
    listing(&shared, &query, account).await
}

pub(crate) async fn list_of_account(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Reply {
    let (Path(account), Query(query)) = (path?, query?);
    let account = AccountId::parse(&account)?;
    listing(&shared, &query, Some(account)).await
}

async fn listing(shared: &Shared, query: &ListQuery, account: Option<AccountId>) -> Reply {
    let count = count(&query.count)?;
    let filter = Filter {
        // Clients send a cursor only when it is above zero; zero means from the start.
        cursor: number(&query.cursor)?.filter(|cursor| *cursor > 0),
        order: order(&query.order)?,
        account: account.map(|account| account.to_string()),
        token_tag: optional(&query.token_tag).map(|tag| tags::canonical(&shared.rules, tag)),
        action: optional(&query.action).map(str::to_owned),
        without_action: optional(&query.without_action).map(str::to_owned),
        // One more than asked for tells whether there is a next page.
        limit: count + 1,
    };
    let mut items = shared.pool.list(&filter).await?;
    let has_next = items.len() > count as usize;
    items.truncate(count as usize);
    let records = items.iter().map(Record::of).collect::<Result<Vec<_>, _>>()?;
    let mut page = json!({ "txs": to_values(&records)?, "hasNextPage": has_next });
    if let Some(account) = filter.account {
        page["accid"] = account.into();
    }
    Ok(axum::Json(page))
}

/// The record's members at top level, as the explorer answers, and again below `tx`, as the API does.
pub(crate) async fn by_hash(State(shared): State<Arc<Shared>>, path: Result<Path<String>, PathRejection>) -> Reply {
    let Path(text) = path?;
    let hash: EverHash = text.parse().map_err(|_| ApiError::MALFORMED)?;
    let item = shared.pool.item_by_hash(hash.as_bytes()).await?.ok_or(ApiError::NOT_FOUND)?;
    let json = json(&Record::of(&item)?)?;
    let axum::Json(mut members) = json.clone();
    members["tx"] = json.0;
    Ok(axum::Json(members))
}

/// The mint that a deposit led to. EVM hashes are found in any letter case, Arweave ids only as they are.
pub(crate) async fn minted(State(shared): State<Arc<Shared>>, path: Result<Path<String>, PathRejection>) -> Reply {
    let Path(text) = path?;
    let mut item = shared.pool.item_by_fingerprint(&text).await?;
    if item.is_none() {
        item = shared.pool.item_by_fingerprint(&text.to_ascii_lowercase()).await?;
    }
    one(item)
}

fn one(item: Option<Item>) -> Reply {
    let item = item.ok_or(ApiError::NOT_FOUND)?;
    json(&json!({ "tx": to_values(&Record::of(&item)?)? }))
}

/// What is accepted but in no confirmed batch, oldest first, after the named transaction.
pub(crate) async fn pending(
    State(shared): State<Arc<Shared>>,
    query: Result<Query<PendingQuery>, QueryRejection>,
) -> Reply {
    let Query(query) = query?;
    let count = count(&query.count)?;
    let packaged = shared.published().packaged.map_or(0, |(raw_id, _)| raw_id);
    let after = match optional(&query.ever_hash) {
        None => packaged,
        Some(text) => {
            let hash: EverHash = text.parse().map_err(|_| ApiError::MALFORMED)?;
            let known = shared.pool.item_by_hash(hash.as_bytes()).await?.ok_or(ApiError::NOT_FOUND)?;
            known.raw_id.max(packaged)
        }
    };
    let head = shared.state.read().await.raw_id;
    let items = shared.pool.items_between(after, head.min(after + u64::from(count))).await?;
    let records = items.iter().map(PendingRecord::of).collect::<Result<Vec<_>, _>>()?;
    let shown_to = after + records.len() as u64;
    json(&json!({
        "txs": to_values(&records)?,
        "hasNextPage": head > shown_to,
        "total": head.saturating_sub(packaged),
    }))
}

fn to_values(value: &impl serde::Serialize) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn optional(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn number(text: &str) -> Result<Option<u64>, ApiError> {
    optional(text).map(|text| text.parse().map_err(|_| ApiError::MALFORMED)).transpose()
}

fn count(text: &str) -> Result<u32, ApiError> {
    let count = number(text)?.unwrap_or(u64::from(COUNT_DEFAULT)).clamp(1, u64::from(COUNT_MAX));
    u32::try_from(count).map_err(|_| ApiError::MALFORMED)
}

fn order(text: &str) -> Result<Order, ApiError> {
    match text.to_ascii_lowercase().as_str() {
        "" | "desc" => Ok(Order::Descending),
        "asc" => Ok(Order::Ascending),
        _ => Err(ApiError::MALFORMED),
    }
}
