//! The public HTTP API, route by route as section 14 of the protocol has it.
//!
//! What always holds: every answer is JSON, every refusal `{"error":"err_…"}` with 400 (a rule or a malformed request), 404,
//! 405, 413, 429 (too much at once) or 503 (a fault; nothing changed); nothing a client sends makes a handler panic; only
//! `POST /tx` can change anything. API, explorer and express routes share this one base.

mod accounts;
mod guard;
mod history;
mod info;
mod record;
pub(crate) mod reply;
mod tags;

use crate::shared::Shared;
use crate::submit;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use reply::{ApiError, Reply};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Longest body of `POST /tx`: 30,000 bytes of data, each escaped to six, and an Arweave signature fit.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// All routes with what stands before them.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let places = Arc::new(Semaphore::new(guard::REQUESTS_MAX));
    Router::new()
        .route("/info", get(info::info))
        .route("/balance/{tag}/{account}", get(accounts::balance))
        .route("/balances/{account}", get(accounts::balances))
        .route("/fees", get(info::fees))
        .route("/fee/{tag}", get(info::fee))
        .route("/txs", get(history::list))
        .route("/txs/{account}", get(history::list_of_account))
        .route("/tx", post(submit_tx))
        .route("/tx/pending", get(history::pending))
        .route("/tx/{everHash}", get(history::by_hash))
        .route("/minted/{chainTxHash}", get(history::minted))
        .route("/account/{id}", get(accounts::account))
        .route("/verify", get(accounts::verify))
        .route("/limit_ip", get(info::limit_ip))
        .route("/withdraw/info", get(info::withdraw_info))
        .route("/status", get(info::status))
        .fallback(|| async { ApiError::NOT_FOUND })
        .method_not_allowed_fallback(|| async { ApiError::METHOD })
        .with_state(shared)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(places, guard::bounded))
        .layer(middleware::from_fn(guard::cors))
}

async fn submit_tx(State(shared): State<Arc<Shared>>, body: Result<Bytes, BytesRejection>) -> Reply {
    submit::submit(&shared, body?).await?;
    Ok(Json(json!({ "status": "ok" })))
}
