//! A gateway that lies, stalls or is dead: what it alters is never applied, and every wait ends.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use devnet::free_port;
use serde_json::Value;
use tests::{Detection, Setup, World, evm, run_everwatchd};
use tokio::task::JoinHandle;

const AR: u128 = 1_000_000_000_000;

/// What the proxy does to answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// Flips a bit in the data of transactions.
    Data,
    /// Cuts the data short.
    ShortData,
    /// Changes a tag of headers.
    Tag,
    /// Replaces the signature of headers by another transaction's bytes.
    Signature,
    /// Answers with another owner.
    Owner,
    /// Sends something that is not JSON.
    Garbage,
    /// Keeps the connection open and says nothing.
    Silence,
}

struct Proxy {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Proxy {
    async fn start(target: String, lie: Lie) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let app = axum::Router::new().fallback(forward).with_state(Arc::new((http, target, lie)));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, server }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn forward(State(proxy): State<Arc<(reqwest::Client, String, Lie)>>, request: Request) -> Response {
    let (http, target, lie) = &*proxy;
    if *lie == Lie::Silence {
        std::future::pending::<()>().await;
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let method = reqwest::Method::from_bytes(parts.method.as_str().as_bytes()).unwrap();
    let mut request = http.request(method, format!("{target}{path}")).body(body.to_vec());
    if let Some(kind) = parts.headers.get("content-type") {
        request = request.header("content-type", kind.as_bytes());
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let bytes = answer.bytes().await.unwrap().to_vec();
    let bytes = if status.is_success() { altered(*lie, parts.uri.path(), bytes) } else { bytes };
    Response::builder().status(status).body(Body::from(bytes)).unwrap()
}

fn altered(lie: Lie, path: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_id = |text: &str| text.len() == 43;
    let data = matches!(parts[..], [id] if is_id(id)) || matches!(parts[..], ["tx", id, "data"] if is_id(id));
    let header = matches!(parts[..], ["tx", id] if is_id(id));
    match lie {
        Lie::Data if data => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        Lie::ShortData if data => bytes.truncate(bytes.len() / 2),
        Lie::Garbage => bytes = b"<html>nothing here</html>".to_vec(),
        Lie::Tag | Lie::Signature | Lie::Owner if header => {
            let mut json: Value = serde_json::from_slice(&bytes).unwrap();
            match lie {
                Lie::Tag => json["tags"][1]["value"] = "OS4wLjA".into(),
                Lie::Signature => json["signature"] = json["owner"].clone(),
                _ => json["owner"] = json["signature"].clone(),
            }
            bytes = json.to_string().into_bytes();
        }
        _ => {}
    }
    bytes
}

/// A settled ledger and its root.
async fn ledger() -> (World, String) {
    let mut world = World::with_coordinator(Setup::default()).await;
    let payer = world.deposit(3 * AR).await;
    world.pay(&payer, &evm(1).account(), AR).await;
    let root = world.settled_root().await;
    (world, root)
}

async fn lied_to(world: &World, lie: Lie) -> Detection {
    let proxy = Proxy::start(world.gateway.url(), lie).await;
    let mut args = world.detect_args(&proxy.url(), &format!("{lie:?}"));
    args.extend(["--once", "--json"].map(Into::into));
    let ended = run_everwatchd(Duration::from_secs(180), args).await;
    let last = ended.out.lines().last().unwrap_or_default();
    let mut detection: Detection =
        serde_json::from_str(last).unwrap_or_else(|fault| panic!("{lie:?}: {fault}: {ended:?}"));
    detection.code = ended.code;
    assert_eq!((detection.batches, detection.transactions), (0, 0), "{lie:?}: nothing of it is applied: {detection:?}");
    detection
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_alters_is_never_applied() {
    let (world, root) = ledger().await;
    for lie in [Lie::Data, Lie::ShortData] {
        let detection = lied_to(&world, lie).await;
        assert!(detection.alert_ids().iter().all(|id| *id == "F8"), "{lie:?}: {detection:?}");
        assert!(!detection.alerts.is_empty(), "{lie:?}: it is told");
        assert_ne!(detection.code, Some(0), "{lie:?}");
    }
    for lie in [Lie::Tag, Lie::Signature, Lie::Owner, Lie::Garbage] {
        let detection = lied_to(&world, lie).await;
        assert!(matches!(detection.code, Some(2 | 3)), "{lie:?}: {detection:?}");
    }
    // The same data folder sees the truth as soon as somebody tells it.
    let honest = world.detect_once("Tag").await;
    assert_eq!((honest.code, honest.state_root), (Some(0), root));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_gateway_is_not_waited_for_without_end() {
    let (world, _) = ledger().await;
    let detection = lied_to(&world, Lie::Silence).await;
    assert_eq!(detection.code, Some(3), "unfinished: {detection:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_gateway_is_unfinished_business() {
    let world = World::new(Setup::default()).await;
    let dead = format!("http://127.0.0.1:{}", free_port().unwrap());
    let detection = world.detect_once_from(&dead, "dead").await;
    assert_eq!((detection.code, detection.batches), (Some(3), 0), "{detection:?}");
}
