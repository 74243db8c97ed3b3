//! Every everPay vector, through the same judge that `everwatchd vectors` uses.

#[path = "../../everwatchd/src/vectors/everpay.rs"]
mod judge;

use serde_json::Value;

const FILES: [&str; 10] = ["tx", "bundle", "fido2", "ids", "everid", "message", "token", "state", "contract", "evmtx"];

#[test]
fn all_hold() {
    let mut failures = Vec::new();
    let mut passed = 0;
    for name in FILES {
        let path = format!("{}/../../tests/vectors/everpay/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let file: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors are part of the sources"))
            .expect("a vector file is JSON");
        for vector in file["vectors"].as_array().expect("a vector file has vectors") {
            // Batches are judged by the crate of their format.
            if vector["kind"] == "turing-batch" {
                continue;
            }
            match judge::check(name, vector) {
                Some(Ok(())) => passed += 1,
                Some(Err(reason)) => failures.push(format!("{name} {}: {reason}", vector["id"])),
                None => failures.push(format!("{name} {}: unknown kind", vector["id"])),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(passed >= 240, "only {passed} vectors were found");
}
