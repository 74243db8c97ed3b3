//! A small gateway on loopback that holds one really signed transaction and can be told to misbehave.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared test support")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arweave::{Gateway, Limits, Tag, Transaction, Wallet};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A wallet made once for all tests of a file.
pub fn wallet() -> &'static Wallet {
    static WALLET: OnceLock<Wallet> = OnceLock::new();
    WALLET.get_or_init(|| Wallet::generate(2048).unwrap())
}

/// A signed transaction with 700 bytes of data and tags, one of them empty.
pub fn signed() -> Transaction {
    let data = (0..700u32).map(|i| (i * 7) as u8).collect();
    let mut tx = Transaction::new_data(data, vec![Tag::new("App", "everPay"), Tag::new("parent_id", "")]);
    tx.last_tx = vec![5; 48];
    tx.reward = arweave::Winston(1234);
    tx.sign(wallet());
    tx
}

/// How the data route behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DataRoute {
    Honest,
    /// Raw route empty, node route honest: what arlocal does the other way round for chunks.
    OnlyNode,
    OnlyRaw,
    FlippedByte,
    /// Raw is wrong, the node is right.
    FlippedRaw,
    Short,
    OneByteMore,
    /// Many megabytes without a length.
    Endless,
    /// One byte every 50 ms.
    Drip,
    /// Part of the body, then silence.
    Stall,
    /// Part of the body, then the connection breaks.
    Broken,
    Absent,
    Pending,
    RedirectAway,
}

pub struct World {
    pub header: Value,
    pub data: Vec<u8>,
    pub data_route: DataRoute,
    /// Requests answered with 503 before anything else.
    pub failing: AtomicU32,
    pub hits: AtomicU32,
    /// Fixed answers by path: (path, status, body).
    pub fixed: Vec<(String, u16, String)>,
    /// Silence before every answer.
    pub delay: Duration,
    /// Handing in refuses empty tag values, as arlocal does.
    pub refuse_empty_values: bool,
    /// What POST /tx answers if nothing is refused.
    pub post_status: u16,
}

impl World {
    pub fn new(tx: &Transaction) -> Self {
        let mut header: Value = serde_json::from_slice(&tx.to_json()).unwrap();
        header["data"] = json!("");
        header["height"] = json!(7);
        header["block"] = json!("extra members as arlocal has them");
        Self {
            header,
            data: tx.data.clone(),
            data_route: DataRoute::Honest,
            failing: AtomicU32::new(0),
            hits: AtomicU32::new(0),
            fixed: Vec::new(),
            delay: Duration::ZERO,
            refuse_empty_values: false,
            post_status: 200,
        }
    }

    pub fn answer(mut self, path: &str, status: u16, body: impl Into<String>) -> Self {
        self.fixed.push((path.into(), status, body.into()));
        self
    }
}

/// Bounds tight enough for tests.
pub fn limits() -> Limits {
    Limits {
        connect: Duration::from_millis(500),
        timeout: Duration::from_millis(400),
        stall: Duration::from_millis(200),
        retries: 2,
        backoff: Duration::from_millis(10),
        max_body: 1 << 20,
        max_header: 64 << 10,
    }
}

/// Serves the world until the test ends.
pub async fn serve(world: World) -> (Gateway, Arc<World>) {
    let world = Arc::new(world);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(handle).with_state(world.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (Gateway::new(&url, limits()).unwrap(), world)
}

async fn handle(State(world): State<Arc<World>>, method: Method, uri: Uri, body: Bytes) -> Response {
    world.hits.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(world.delay).await;
    if world.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return (StatusCode::SERVICE_UNAVAILABLE, "come back later").into_response();
    }
    let path = uri.path();
    if let Some((_, status, text)) = world.fixed.iter().find(|(fixed, ..)| fixed == path) {
        return (StatusCode::from_u16(*status).unwrap(), text.clone()).into_response();
    }
    let id = world.header["id"].as_str().unwrap();
    match path {
        "/tx" if method == Method::POST => post(&world, &body),
        _ if path == format!("/tx/{id}") => world.header.to_string().into_response(),
        _ if path == format!("/{id}") => raw(&world),
        _ if path == format!("/tx/{id}/data") => node(&world),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn post(world: &World, body: &[u8]) -> Response {
    let tx: Value = serde_json::from_slice(body).unwrap();
    let empty = tx["tags"].as_array().unwrap().iter().any(|tag| tag["value"] == "");
    if world.refuse_empty_values && empty {
        return (StatusCode::BAD_REQUEST, "Bad Request").into_response();
    }
    // Whatever the spelling, it must still be the signed transaction.
    let whole = Transaction::from_json(body).is_ok_and(|tx| tx.verify().is_ok() && !tx.data.is_empty());
    let status = if whole { world.post_status } else { 400 };
    (StatusCode::from_u16(status).unwrap(), "answer").into_response()
}

fn flipped(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    data[300] ^= 1;
    data
}

fn raw(world: &World) -> Response {
    let data = world.data.clone();
    match world.data_route {
        DataRoute::Honest | DataRoute::OnlyRaw => data.into_response(),
        DataRoute::OnlyNode => StatusCode::OK.into_response(),
        DataRoute::FlippedByte | DataRoute::FlippedRaw => flipped(&data).into_response(),
        DataRoute::Short => data[..699].to_vec().into_response(),
        DataRoute::OneByteMore => [data, vec![0]].concat().into_response(),
        DataRoute::Endless => streamed(Duration::ZERO, 4096, None),
        DataRoute::Drip => streamed(Duration::from_millis(50), 1, None),
        DataRoute::Stall => streamed(Duration::from_secs(60), 1, None),
        DataRoute::Broken => streamed(Duration::ZERO, 100, Some(3)),
        DataRoute::Absent => StatusCode::NOT_FOUND.into_response(),
        DataRoute::Pending => (StatusCode::ACCEPTED, "Pending").into_response(),
        DataRoute::RedirectAway => {
            (StatusCode::FOUND, [(header::LOCATION, "http://localhost:1/elsewhere")]).into_response()
        }
    }
}

fn node(world: &World) -> Response {
    match world.data_route {
        DataRoute::Honest | DataRoute::OnlyNode | DataRoute::FlippedRaw => {
            crypto::b64::encode(&world.data).into_response()
        }
        DataRoute::OnlyRaw => StatusCode::OK.into_response(),
        DataRoute::FlippedByte => crypto::b64::encode(&flipped(&world.data)).into_response(),
        DataRoute::Pending => (StatusCode::ACCEPTED, "Pending").into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Pieces of a body without a length; after `fail_after` pieces the connection breaks.
fn streamed(pause: Duration, piece: usize, fail_after: Option<usize>) -> Response {
    let stream = futures::stream::unfold(0usize, move |sent| async move {
        if sent > 0 {
            tokio::time::sleep(pause).await;
        }
        let fails = fail_after.is_some_and(|limit| sent >= limit);
        let next = if fails { Err(std::io::Error::other("cut")) } else { Ok(vec![b'x'; piece]) };
        Some((next, sent + 1))
    });
    Body::from_stream(stream).into_response()
}
