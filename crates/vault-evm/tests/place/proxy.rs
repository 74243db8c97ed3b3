//! A JSON-RPC proxy in front of a real node that tampers with what the node answers.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// What a proxy does to an answer of the node: `(method, parameters, whole answer)`.
pub type Lie = Arc<dyn Fn(&str, &Value, &mut Value) + Send + Sync>;

/// What a proxy does.
#[derive(Clone)]
pub enum Manner {
    /// Passes everything on, changed by this.
    Lies(Lie),
    /// Answers with this status and text.
    Says(StatusCode, String),
    /// Answers only after this time.
    Waits(Duration),
    /// Sends this many bytes.
    Floods(usize),
}

/// A running proxy; dropping it ends it.
pub struct Proxy {
    pub url: String,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Inner {
    node: String,
    http: reqwest::Client,
    manner: Manner,
}

impl Proxy {
    pub async fn lying(node: &str, lie: impl Fn(&str, &Value, &mut Value) + Send + Sync + 'static) -> Self {
        Self::start(node, Manner::Lies(Arc::new(lie))).await
    }

    /// One that passes everything on unchanged.
    pub async fn honest(node: &str) -> Self {
        Self::lying(node, |_, _, _| {}).await
    }

    pub async fn start(node: &str, manner: Manner) -> Self {
        let inner = Inner { node: node.to_owned(), http: reqwest::Client::new(), manner };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{*path}", post(answer)).route("/", post(answer)).with_state(inner);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, task }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(inner): State<Inner>, body: Bytes) -> Response {
    match inner.manner {
        Manner::Says(status, text) => (status, text).into_response(),
        Manner::Waits(time) => {
            tokio::time::sleep(time).await;
            StatusCode::NO_CONTENT.into_response()
        }
        Manner::Floods(bytes) => "x".repeat(bytes).into_response(),
        Manner::Lies(lie) => {
            let question: Value = serde_json::from_slice(&body).unwrap();
            let answer = inner.http.post(&inner.node).json(&question).send().await.unwrap();
            let mut answer: Value = answer.json().await.unwrap();
            lie(question["method"].as_str().unwrap(), &question["params"], &mut answer);
            answer.to_string().into_response()
        }
    }
}
