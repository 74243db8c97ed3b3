//! Somebody in front of a real gateway or node who changes what it says. Nothing is made up: every answer begins as the real
//! one's.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::task::JoinHandle;

/// Longest question.
const BODY_BYTES_MAX: usize = 1 << 24;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The path, without what follows a `?`.
    pub path: String,
    /// The body.
    pub body: Bytes,
}

/// What is done with the answer of the real one.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Nothing.
    Honest,
    /// The bytes of good answers are changed.
    Bytes(fn(&Asked, &mut Vec<u8>)),
    /// Good answers are JSON and are changed.
    Json(fn(&Asked, &mut Value)),
    /// Every question fails.
    Dead,
    /// No question is ever answered.
    Silent,
}

/// One in front of the real one; it is gone when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    manner: Arc<RwLock<Manner>>,
    server: JoinHandle<()>,
}

struct Behind {
    http: reqwest::Client,
    target: String,
    manner: Arc<RwLock<Manner>>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Proxy {
    /// Stands in front of `target`, honestly at first.
    pub async fn start(target: String) -> Self {
        let manner = Arc::new(RwLock::new(Manner::Honest));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let behind = Behind { http, target, manner: Arc::clone(&manner) };
        let app = axum::Router::new().fallback(forward).with_state(Arc::new(behind));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, manner, server }
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it answers so.
    pub fn turns(&self, manner: Manner) {
        *self.manner.write().unwrap_or_else(PoisonError::into_inner) = manner;
    }
}

async fn forward(State(proxy): State<Arc<Behind>>, request: Request) -> Response {
    let manner = *proxy.manner.read().unwrap_or_else(PoisonError::into_inner);
    match manner {
        Manner::Dead => return StatusCode::BAD_GATEWAY.into_response(),
        Manner::Silent => std::future::pending::<()>().await,
        Manner::Honest | Manner::Bytes(_) | Manner::Json(_) => {}
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    let asked = Asked { path: parts.uri.path().to_owned(), body };
    let path = parts.uri.path_and_query().unwrap().as_str();
    let method = reqwest::Method::from_bytes(parts.method.as_str().as_bytes()).unwrap();
    let mut request = proxy.http.request(method, format!("{}{path}", proxy.target)).body(asked.body.to_vec());
    let kind = |headers: &axum::http::HeaderMap| headers.get("content-type").map(|kind| kind.as_bytes().to_vec());
    if let Some(kind) = kind(&parts.headers) {
        request = request.header("content-type", kind);
    }
    let Ok(answer) = request.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let kind = answer.headers().get("content-type").map(|kind| kind.as_bytes().to_vec());
    let mut bytes = answer.bytes().await.unwrap().to_vec();
    if status.is_success() {
        change(manner, &asked, &mut bytes);
    }
    let answer =
        kind.into_iter().fold(Response::builder().status(status), |answer, kind| answer.header("content-type", kind));
    answer.body(Body::from(bytes)).unwrap()
}

fn change(manner: Manner, asked: &Asked, bytes: &mut Vec<u8>) {
    match manner {
        Manner::Bytes(change) => change(asked, bytes),
        Manner::Json(change) => {
            if let Ok(mut value) = serde_json::from_slice::<Value>(bytes) {
                change(asked, &mut value);
                *bytes = value.to_string().into_bytes();
            }
        }
        Manner::Honest | Manner::Dead | Manner::Silent => {}
    }
}
