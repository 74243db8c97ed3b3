//! Each route's answer, in the shape that clients read.

use super::*;

#[tokio::test]
async fn info_has_what_old_and_new_clients_read() {
    let place = Place::funded(2).await;
    let client = place.start().await;
    let info = client.ok("/info").await;
    for (member, wanted) in [
        ("isSynced", json!(true)),
        ("owner", json!(wallet().address().to_string())),
        ("ethChainID", json!("1")),
        ("feeRecipient", json!(account(200))),
        ("ethLocker", json!(account(201))),
        ("rootHash", json!("")),
        ("everRootHash", json!("")),
    ] {
        assert_eq!(info[member], wanted, "{member}");
    }
    let token = &info["tokenList"][1];
    assert_eq!(token["tag"], json!(usd().tag().to_string()));
    assert_eq!(token["totalSupply"], json!((2 * FUNDS).to_string()));
    assert_eq!(token["holderNum"], json!(2));
    assert_eq!(token["crossChainInfoList"]["ethereum"]["targetDecimals"], json!(6));
    assert_eq!(info["everwatch"]["rawId"], json!(4));
    assert_eq!(info["everwatch"]["checkpoints"], json!([]));
    client.stop().await;
}

#[tokio::test]
async fn balances_follow_what_was_accepted() {
    let place = Place::funded(2).await;
    let client = place.start().await;
    client.accept(&transfer(&usd(), 1, &account(2), 300)).await;
    client.accept(&burn(&usd(), 2, &account(9), 100, 7)).await;
    let arweave_account = wallet().address().to_string();
    client.accept(&transfer(&ar_token(), 1, &arweave_account, 40)).await;
    let mut back = unsigned(&ar_token(), "transfer", 1, &account(3), 15);
    sign_arweave(&mut back);
    client.accept(&back).await;

    let usd_tag = usd().tag().to_string();
    let ar_tag = ar_token().tag().to_string();
    for (tag, who, amount, decimals) in [
        (&usd_tag, account(1), FUNDS - 300, 6),
        (&usd_tag, account(2).to_lowercase(), FUNDS + 300 - 107, 6),
        (&usd_tag.to_uppercase().replace("0XE7", "0xE7"), account(200)[2..].to_owned(), 7, 6),
        (&usd_tag, account(50), 0, 6),
        (&ar_tag, account(1), FUNDS - 40, 12),
        (&ar_tag.replace(',', "%2C"), arweave_account.clone(), 25, 12),
        (&ar_tag, account(3), 15, 12),
    ] {
        let answer = client.ok(&format!("/balance/{tag}/{who}")).await;
        let balance = &answer["balance"];
        assert_eq!(balance["amount"], json!(amount.to_string()), "{tag} {who}");
        assert_eq!(balance["decimals"], json!(decimals));
        assert_eq!(answer["everwatch"]["rawId"], json!(8));
    }
    let all = client.ok(&format!("/balances/{}", account(1).to_lowercase())).await;
    assert_eq!(all["accid"], json!(account(1)));
    assert_eq!(all["balances"][0], json!({ "tag": ar_tag, "amount": (FUNDS - 40).to_string(), "decimals": 12 }));
    assert_eq!(all["balances"][1], json!({ "tag": usd_tag, "amount": (FUNDS - 300).to_string(), "decimals": 6 }));
    client.stop().await;
}

#[tokio::test]
async fn a_record_is_found_by_hash_and_by_deposit() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let mut tx = unsigned(&usd(), "transfer", 1, &account(2), 5);
    tx.data = "{\"note\":\"h\u{e9}llo\\n<&>\"}".to_owned();
    sign_evm(&mut tx, &key(1));
    client.accept(&tx).await;
    let hash = tx.ever_hash().to_string();
    let mut found = client.ok(&format!("/tx/{hash}")).await;
    let nested = found["tx"].take();
    found.as_object_mut().unwrap().remove("tx");
    assert_eq!(found, nested);
    let wanted = json!({
        "rawId": 3, "id": "", "tokenSymbol": "USD", "action": "transfer", "from": account(1), "to": account(2),
        "amount": "5", "fee": "0", "feeRecipient": account(200), "nonce": tx.nonce.parse::<i64>().unwrap(),
        "tokenID": usd().id, "chainType": "ethereum", "chainID": "1", "data": tx.data, "version": "v1", "sig": tx.sig,
        "everHash": hash, "status": "confirmed", "internalStatus": "{\"status\":\"success\"}", "timestamp": 0,
        "targetChainTxHash": "",
        "express": { "chainTxHash": "", "withdrawFee": "", "refundEverHash": "", "err": "" },
    });
    assert_eq!(nested, wanted);

    let deposit = crypto::hexs::encode0x(&crypto::sha256(b"USD 1"));
    for text in [deposit.clone(), deposit.to_uppercase().replace("0X", "0x")] {
        let minted = client.ok(&format!("/minted/{text}")).await;
        assert_eq!(minted["tx"]["action"], json!("mint"));
        assert_eq!(minted["tx"]["rawId"], json!(2));
    }
    let arweave_deposit = crypto::b64::encode(&crypto::sha256(&[1]));
    assert_eq!(client.ok(&format!("/minted/{arweave_deposit}")).await["tx"]["rawId"], json!(1));
    client.stop().await;
}

#[tokio::test]
async fn fees_and_the_small_routes() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let wanted = json!({
        "tokenTag": usd().tag().to_string(), "transferFee": "0", "bundleFee": "0", "atomicBundleFee": "0",
        "burnFeeMap": { "ethereum": "7" },
    });
    let fees = client.ok("/fees").await;
    assert_eq!(fees["fees"][1], wanted);
    assert_eq!(fees["fees"].as_array().unwrap().len(), 2);
    assert_eq!(client.ok(&format!("/fee/{}", usd().tag())).await, json!({ "fee": wanted }));
    assert_eq!(client.ok(&format!("/fee/{}", ar_token().tag())).await["fee"]["burnFeeMap"]["arweave"], json!("0"));
    assert_eq!(client.ok("/limit_ip").await, json!({ "limit": false }));
    assert_eq!(client.ok("/withdraw/info").await["tokens"], json!([]));
    let status = client.ok("/status").await;
    assert_eq!((&status["pendingTxNum"], &status["curRollupTxNum"]), (&json!(2), &json!(0)));
    assert_eq!(status["rollupAddr"], json!(wallet().address().to_string()));
    let evm = client.ok(&format!("/account/{}", account(1).to_lowercase())).await;
    assert_eq!(evm, json!({ "id": account(1), "type": "ethereum", "publicType": {}, "publicValues": {} }));
    assert_eq!(client.ok(&format!("/account/{}", wallet().address())).await["type"], json!("arweave"));
    client.stop().await;
}

#[tokio::test]
async fn messages_are_verified() {
    let place = Place::funded(0).await;
    let client = place.start().await;
    let digest = crypto::eip191_hash(b"hello");
    let sig = crypto::hexs::encode0x(&key(1).sign_digest(&digest));
    let message = crypto::hexs::encode0x(&digest);
    let path = |who: &str, sig: &str| format!("/verify?account={who}&message={message}&sig={sig}&type=sign");
    assert_eq!(client.ok(&path(&account(1), &sig)).await, json!({ "publicId": account(1), "public": "" }));
    let refused = (400, json!({ "error": "err_invalid_signature" }));
    assert_eq!(client.get(&path(&account(2), &sig)).await, refused);
    assert_eq!(client.get(&path(&account(1), &sig[..100])).await, refused);

    let digest = crypto::sha256(b"hello");
    let message = crypto::hexs::encode0x(&digest);
    let sig = crypto::b64::encode(&wallet().sign_digest(&digest));
    let public = crypto::b64::encode(wallet().owner());
    let address = wallet().address().to_string();
    let path = |message: &str, public: &str| {
        format!("/verify?account={address}&message={message}&public={public}&sig={sig}&type=sign")
    };
    assert_eq!(client.ok(&path(&message, &public)).await["publicId"], json!(address));
    assert_eq!(client.get(&path(&crypto::hexs::encode0x(&[0; 32]), &public)).await, refused);
    assert_eq!(client.get(&path(&message, "AAAA")).await, refused);
    client.stop().await;
}

#[tokio::test]
async fn any_page_may_call() {
    let place = Place::funded(0).await;
    let client = place.start().await;
    let preflight = client.http.request(reqwest::Method::OPTIONS, client.url("/tx")).send().await.unwrap();
    assert_eq!(preflight.status(), 204);
    let header = |name: &str| preflight.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), "*");
    for method in ["POST", "OPTIONS", "GET", "PUT", "HEAD"] {
        assert!(header("access-control-allow-methods").contains(method), "{method}");
    }
    for name in ["Content-Type", "Authorization", "X-API-KEY"] {
        assert!(header("access-control-allow-headers").contains(name), "{name}");
    }
    for path in ["/info", "/nothing"] {
        let answer = client.http.get(client.url(path)).send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{path}");
    }
    client.stop().await;
}
