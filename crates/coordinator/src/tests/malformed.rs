//! Whatever comes in: the protocol's JSON error, no panic, nothing changed.

use super::*;

/// Every route with input it cannot take. (method, path, body, status, code)
const CASES: &[(&str, &str, &str, u16, &str)] = &[
    ("GET", "/", "", 404, "err_not_found"),
    ("GET", "/nothing/here", "", 404, "err_not_found"),
    ("GET", "/account/register/a@b.c", "", 404, "err_not_found"),
    ("POST", "/info", "", 405, "err_method_not_allowed"),
    ("GET", "/tx", "", 405, "err_method_not_allowed"),
    ("DELETE", "/tx", "", 405, "err_method_not_allowed"),
    ("GET", "/balance/x/y", "", 404, "err_token_not_found"),
    ("GET", "/balance/%FF/y", "", 400, "err_invalid_request"),
    ("GET", "/balance/ethereum-usd-0xe7f1725e7734ce288f8367e1bb143e90bb3f0512/y", "", 400, "err_invalid_id"),
    ("GET", "/balance/ethereum-usd-0xe7f1725e7734ce288f8367e1bb143e90bb3f0512/", "", 404, "err_not_found"),
    ("GET", "/balances/0x12", "", 400, "err_invalid_id"),
    ("GET", "/balances/%00%00", "", 400, "err_invalid_id"),
    ("GET", "/balances/%C3%28", "", 400, "err_invalid_request"),
    ("GET", "/fee/%2C", "", 404, "err_token_not_found"),
    ("GET", "/fee/----", "", 404, "err_token_not_found"),
    ("GET", "/txs?cursor=-1", "", 400, "err_invalid_request"),
    ("GET", "/txs?cursor=99999999999999999999999", "", 400, "err_invalid_request"),
    ("GET", "/txs?count=ten", "", 400, "err_invalid_request"),
    ("GET", "/txs?order=sideways", "", 400, "err_invalid_request"),
    ("GET", "/txs?address=nobody", "", 400, "err_invalid_id"),
    ("GET", "/txs?cursor=1&cursor=2", "", 400, "err_invalid_request"),
    ("GET", "/txs/nobody", "", 400, "err_invalid_id"),
    ("GET", "/txs/%F0%28", "", 400, "err_invalid_request"),
    ("GET", "/tx/0x12", "", 400, "err_invalid_request"),
    ("GET", "/tx/0xabababababababababababababababababababababababababababababababab", "", 404, "err_not_found"),
    ("GET", "/tx/pending?everHash=0x", "", 400, "err_invalid_request"),
    (
        "GET",
        "/tx/pending?everHash=0xabababababababababababababababababababababababababababababababab",
        "",
        404,
        "err_not_found",
    ),
    ("GET", "/minted/nothing", "", 404, "err_not_found"),
    ("GET", "/minted/'; DROP TABLE item; --", "", 404, "err_not_found"),
    ("GET", "/account/nobody", "", 400, "err_invalid_id"),
    (
        "GET",
        "/account/eidff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976104b",
        "",
        404,
        "err_not_found",
    ),
    ("GET", "/verify", "", 400, "err_invalid_request"),
    ("GET", "/verify?account=x&message=y&sig=z", "", 400, "err_invalid_id"),
    (
        "GET",
        "/verify?account=0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266&message=0x1&sig=z&type=sign",
        "",
        400,
        "err_invalid_request",
    ),
    (
        "GET",
        "/verify?account=0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266&message=0x1&sig=z&type=guess",
        "",
        400,
        "err_invalid_request",
    ),
    ("POST", "/tx", "", 400, "err_invalid_request"),
    ("POST", "/tx", "[]", 400, "err_invalid_request"),
    ("POST", "/tx", "null", 400, "err_invalid_request"),
    ("POST", "/tx", "{\"nonce\":1.5}", 400, "err_invalid_request"),
    ("POST", "/tx", "{\"amount\":{}}", 400, "err_invalid_request"),
    ("POST", "/tx", "{", 400, "err_invalid_request"),
    ("POST", "/tx", "{}", 400, "err_invalid_tx_version"),
    ("POST", "/tx", "{\"version\":\"v1\"}", 400, "err_invalid_amount"),
    ("POST", "/tx", "{\"version\":\"v1\",\"amount\":\"1\"}", 400, "err_invalid_fee"),
    ("POST", "/tx", "{\"version\":\"v1\",\"amount\":\"1\",\"fee\":\"0\"}", 400, "err_invalid_id"),
];

#[tokio::test]
async fn every_route_answers_malformed_input() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let before = client.position().await;
    for (method, path, body, status, code) in CASES {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = client.http.request(method, client.url(path)).body(*body);
        let answer = request.send().await.unwrap();
        let got = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert_eq!(got, (*status, json!({ "error": code })), "{path} {body}");
    }
    assert_eq!(client.position().await, before);
    client.stop().await;
}

#[tokio::test]
async fn bodies_are_bounded() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let too_large = (413, json!({ "error": "err_request_too_large" }));
    assert_eq!(client.post_bytes(vec![b' '; 300 * 1024]).await, too_large);
    let depth = 20_000;
    let nested = format!("{}{}", "{\"data\":".repeat(depth), "}".repeat(depth));
    assert_eq!(client.post_bytes(nested.into_bytes()).await, (400, json!({ "error": "err_invalid_request" })));
    assert_eq!(client.post_bytes(vec![0xff; 1000]).await, (400, json!({ "error": "err_invalid_request" })));

    let mut tx = unsigned(&usd(), "transfer", 1, &account(2), 1);
    tx.data = "\u{1}".repeat(30_000);
    sign_evm(&mut tx, &key(1));
    client.accept(&tx).await;
    tx.data.push('x');
    client.refuse(&tx, 400, "err_larger_data").await;
    client.stop().await;
}

#[tokio::test]
async fn every_mutilated_transaction_is_refused() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let before = client.position().await;
    let good = serde_json::to_value(transfer(&usd(), 1, &account(2), 1)).unwrap();
    for member in good.as_object().unwrap().keys() {
        for value in [json!(""), json!("x"), json!(null), json!([]), json!("\u{0}"), json!("9".repeat(90)), json!(-1)] {
            let mut bad = good.clone();
            // No data and data of nothing are the same.
            if value == good[member] || (member == "data" && value.is_null()) {
                continue;
            }
            bad[member] = value;
            let (status, answer) = client.post_bytes(serde_json::to_vec(&bad).unwrap()).await;
            assert_eq!(status, 400, "{bad}");
            assert!(answer["error"].as_str().unwrap().starts_with("err_"), "{bad}");
        }
    }
    assert_eq!(client.position().await, before);
    client.post_bytes(serde_json::to_vec(&good).unwrap()).await;
    assert_ne!(client.position().await, before, "the unharmed one is accepted");
    client.stop().await;
}

#[tokio::test]
async fn the_ledger_refuses_with_the_protocols_codes() {
    let place = Place::funded(2).await;
    let client = place.start().await;
    let before = client.position().await;
    let spoilt = |change: &dyn Fn(&mut Transaction)| {
        let mut tx = unsigned(&usd(), "transfer", 1, &account(2), 1);
        change(&mut tx);
        sign_evm(&mut tx, &key(1));
        tx
    };
    let cases: Vec<(Transaction, u16, &str)> = vec![
        (transfer(&usd(), 1, &account(2), FUNDS + 1), 400, "err_insufficient_balance"),
        (transfer(&usd(), 7, &account(2), 1), 400, "err_insufficient_balance"),
        (spoilt(&|tx| tx.from = account(2)), 400, "err_invalid_signature"),
        (spoilt(&|tx| tx.token_symbol = "EUR".to_owned()), 400, "err_token_not_found"),
        (spoilt(&|tx| tx.chain_id = "5".to_owned()), 400, "err_invalid_chainid"),
        (spoilt(&|tx| tx.fee_recipient = account(3)), 400, "err_invalid_fee_recipient"),
        (spoilt(&|tx| tx.amount = "-1".to_owned()), 400, "err_negative_amount"),
        (spoilt(&|tx| tx.amount = "9".repeat(90)), 400, "err_larger_amount"),
        (spoilt(&|tx| tx.action = "steal".to_owned()), 400, "err_invalid_action"),
        (spoilt(&|tx| tx.action = "set".to_owned()), 400, "err_invalid_action"),
        (spoilt(&|tx| tx.nonce = "x".to_owned()), 400, "err_invalid_nonce"),
        (burn(&usd(), 1, &account(2), 1, 6), 400, "err_invalid_fee"),
        // No gateway answers: a mint cannot be judged, and what cannot be judged is not accepted.
        (
            spoilt(&|tx| {
                let ar = ar_token();
                (tx.token_symbol, tx.token_id, tx.chain_type, tx.chain_id) =
                    (ar.symbol, ar.id, ar.chain_type, ar.chain_id);
                tx.action = "mint".to_owned();
                tx.data = json!({ "id": crypto::b64::encode(&[7; 32]) }).to_string();
            }),
            503,
            "err_source_chain_unavailable",
        ),
        (
            spoilt(&|tx| {
                tx.action = "mint".to_owned();
                tx.data = json!({ "hash": "0x12" }).to_string();
            }),
            400,
            "err_invalid_mint_tx",
        ),
    ];
    for (tx, status, code) in &cases {
        client.refuse(tx, *status, code).await;
    }
    assert_eq!(client.position().await, before);
    client.stop().await;
}
