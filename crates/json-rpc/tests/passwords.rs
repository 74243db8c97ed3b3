//! Name and password from a file: sent, read anew for each question, and repeated nowhere. `vault-evm`'s tests of nodes that
//! babble, flood and wait go through this crate, too.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Write;

use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use json_rpc::{Limits, Rpc, RpcError};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// A server that tells what it was sent: as a result, or as the reason of a refusal.
async fn start(refuses: bool) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = async move |headers: HeaderMap| {
        let sent = headers.get("authorization").map_or("nothing", |value| value.to_str().unwrap());
        let error = json!({ "code": -1, "message": "the password opensesame of somebody is wrong" });
        Json(if refuses { json!({ "error": error }) } else { json!({ "result": sent }) })
    };
    tokio::spawn(axum::serve(listener, Router::new().route("/", post(answer))).into_future());
    url
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

async fn ask(rpc: &Rpc) -> Result<String, RpcError> {
    rpc.request("which", Value::Null).await
}

#[tokio::test]
async fn the_line_of_the_file_is_sent_and_a_new_one_counts_at_once() {
    let url = start(false).await;
    let rpc = Rpc::new(&url, Limits::default()).unwrap();
    assert_eq!(ask(&rpc).await.unwrap(), "nothing");
    let file = file("Aladdin:open sesame\n");
    let rpc = rpc.with_password_file(file.path());
    // The example of RFC 7617.
    assert_eq!(ask(&rpc).await.unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    std::fs::write(file.path(), "Aladdin:").unwrap();
    assert_eq!(ask(&rpc).await.unwrap(), "Basic QWxhZGRpbjo=");
}

#[tokio::test]
async fn a_password_that_a_node_repeats_is_left_out() {
    let url = start(true).await;
    let file = file("somebody:opensesame");
    let rpc = Rpc::new(&url, Limits::default()).unwrap().with_password_file(file.path());
    let error = ask(&rpc).await.unwrap_err();
    assert_eq!(error.to_string(), "it refuses which: the password … of … is wrong (-1)");
    assert!(!format!("{error:?} {rpc:?}").contains("sesame"));
}

#[tokio::test]
async fn a_file_that_is_missing_or_no_text_stops_the_question() {
    let rpc = Rpc::new("http://127.0.0.1:9", Limits::default()).unwrap();
    let missing = ask(&rpc.clone().with_password_file("/nowhere/.cookie".as_ref())).await.unwrap_err();
    assert!(matches!(&missing, RpcError::PasswordFile { .. }) && missing.to_string().contains("/nowhere/.cookie"));
    let garbage = NamedTempFile::new().unwrap();
    std::fs::write(garbage.path(), [0xff, 0xfe]).unwrap();
    assert!(matches!(ask(&rpc.with_password_file(garbage.path())).await, Err(RpcError::PasswordFile { .. })));
}
