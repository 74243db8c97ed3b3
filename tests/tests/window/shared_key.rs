//! A Bitcoin key that three watchmen share, from the invitation in the window to a transaction that two of them sign: words
//! compared, joined in the native window, backed up, an address, and a session read back from its bytes.

use everpay::AccountId;
use serde_json::Value;
use tests::eventually;
use thirtyfour::prelude::*;
use vault_bitcoin::bitcoin::hashes::Hash;
use vault_bitcoin::bitcoin::{Amount, FeeRate, Network, OutPoint, Transaction, Txid, consensus};
use vault_bitcoin::{Coin, Holder, Payment, Vault};

use super::page::{Window, hook};
use super::site::{PATIENCE, Site};
use crate::desktop::{Session, inside};

const BACKUP_PASSWORD: &str = "another long password";
const ACCOUNT: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const PAYEE: &str = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

#[tokio::test(flavor = "multi_thread")]
async fn three_watchmen_make_a_key_in_the_window_and_two_sign_with_it() {
    if !inside(Session::Desktop, "shared_key::three_watchmen_make_a_key_in_the_window_and_two_sign_with_it") {
        return;
    }
    let site = Site::start().await;
    let window = site.window().await;
    let id = invite(&window).await;
    compare_and_join(&site, &window, &id).await;
    back_up(&site, &window).await;
    let address = derive(&window).await;
    let vault = public(&site).await;
    let holder = Holder::Account(AccountId::parse(ACCOUNT).unwrap());
    assert_eq!(address, vault.place(holder).unwrap().address(Network::Regtest).to_string());
    let session = ask(&window, &vault, holder).await;
    sign(&site, &window, &session).await;
    window.driver.quit().await.unwrap();
}

/// The wizard's first step; both others are known by their ceremony keys.
async fn invite(window: &Window) -> String {
    window.click(&hook("tab-ceremonies")).await;
    let words = window.data("ceremony-own-words", "words").await;
    assert_eq!(words.split(' ').count(), 8, "{words}");
    window.click(&hook("ceremony-new")).await;
    let both = format!("document.querySelectorAll('{}:checked').length === 2", hook("invite-peer"));
    window.until("two others can be invited", &both).await;
    window.write("invite-label", "Harbour").await;
    window.select("invite-network", "regtest").await;
    window.select("invite-threshold", "2").await;
    window.picture("ceremony-invite").await;
    window.click(&hook("invite-submit")).await;
    let question = window.native("Invite these watchmen to make a shared key?");
    window.screen("ceremony-invite-native");
    question.say_yes();
    window.there(&format!("{}[data-state=comparing]", hook("ceremony"))).await;
    window.data("ceremony", "id").await
}

/// People compare words on all three sides and join; the machines do the rest.
async fn compare_and_join(site: &Site, window: &Window, id: &str) {
    window.picture("ceremony-compare").await;
    for index in [0, 1] {
        let detail = eventually(PATIENCE, "the invitation arrives", || async {
            site.watchmen.vault(index, &["show", id]).await
        })
        .await;
        let words: Vec<_> = detail["words"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(window.data("ceremony-words", "words").await, words.join(" "), "all see the same words");
        for member in detail["members"].as_array().unwrap().iter().filter(|member| member["compared"] == false) {
            let number = member["member"]["number"].to_string();
            site.watchmen.vault(index, &["compare", id, &number]).await.unwrap();
        }
        site.watchmen.vault(index, &["join", id]).await.unwrap();
    }
    for left in [1, 0] {
        window.click(&hook("compare-yes")).await;
        let compared = format!("document.querySelectorAll('{}').length === {left}", hook("compare-yes"));
        window.until("the words are compared", &compared).await;
    }
    window.click(&hook("ceremony-join")).await;
    let question = window.native("Join in making this shared key?");
    window.screen("ceremony-join-native");
    question.say_yes();
    window.there(&format!("{}[data-state=done]", hook("ceremony"))).await;
    window.picture("ceremony-done").await;
}

/// The share's backup by the native file window, and the drill that opens it again.
async fn back_up(site: &Site, window: &Window) {
    let copy = site.world.path("share.backup");
    window.click(&hook("share-backup")).await;
    window.write("new-password", BACKUP_PASSWORD).await;
    window.write("new-password-again", BACKUP_PASSWORD).await;
    window.press(Key::Enter).await;
    window.native("Save the backup of the share").save_as(&copy);
    window.until("it is saved", &format!("!document.querySelector('{}[open]')", hook("share-dialog"))).await;
    window.click(&hook("share-drill")).await;
    window.write("share-password", BACKUP_PASSWORD).await;
    window.press(Key::Enter).await;
    window.native("Open a backup of a share").choose(&copy);
    window.until("it is compared", &format!("!document.querySelector('{}[open]')", hook("share-dialog"))).await;
}

/// A deposit address with its derivation, on the key's own page.
async fn derive(window: &Window) -> String {
    window.click(&hook("ceremony-key")).await;
    window.there(&hook("shared-key")).await;
    window.write("address-account", ACCOUNT).await;
    window.press(Key::Enter).await;
    let address = window.data("address-full", "full").await;
    window.text("address-step-output_key", "the steps are shown", |text| text.len() >= 64).await;
    window.picture("shared-key").await;
    address
}

/// The vault of the key, from the group that another member holds.
async fn public(site: &Site) -> Vault {
    let status = site.watchmen.vault(0, &["status"]).await.unwrap();
    let group = status["keys"][0]["group"].as_str().unwrap();
    let out = site.world.path("harbour.group");
    site.watchmen.vault(0, &["group", group, "--out", out.to_str().unwrap()]).await.unwrap();
    Vault::new(threshold::Group::from_bytes(&std::fs::read(out).unwrap()).unwrap(), Network::Regtest)
}

/// Gives the page a transaction to be signed.
async fn ask(window: &Window, vault: &Vault, holder: Holder) -> String {
    let coin = |number: u8| {
        let outpoint = OutPoint { txid: Txid::from_byte_array([number; 32]), vout: 1 };
        Coin { outpoint, value: Amount::from_sat(90_000), holder }
    };
    let payment = Payment { to: PAYEE.parse().unwrap(), value: Amount::from_sat(100_000) };
    let request = vault.plan(&[coin(1), coin(2)], &[payment], FeeRate::from_sat_per_vb_u32(2)).unwrap();
    let text: String = request.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    window.write("sign-text", &text).await;
    window.click(&hook("sign-ask")).await;
    window.there(&format!("{}[data-state=asked]", hook("session-detail"))).await;
    window.data("session-detail", "id").await
}

/// Another member reads the same from the bytes and approves; then a person here does, and the transaction is whole.
async fn sign(site: &Site, window: &Window, id: &str) {
    let session =
        eventually(PATIENCE, "the session arrives", || async { site.watchmen.vault(0, &["session", id]).await }).await;
    let words: Vec<_> = session["words"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(window.data("session-words", "words").await, words.join(" "));
    window.there(&format!("{}[data-to={PAYEE}][data-own=false]", hook("session-pays"))).await;
    window.picture("session-asked").await;
    site.watchmen.vault(0, &["approve", id, "--words", &words.join(" ")]).await.unwrap();
    window.click(&hook("session-approve")).await;
    let question = window.native("Approve and sign this Bitcoin transaction?");
    window.screen("session-native");
    question.say_yes();
    window.there(&format!("{}[data-state=signed]", hook("session-detail"))).await;
    window.picture("session-signed").await;
    let signed = eventually(PATIENCE, "the other member has it too", || async {
        let session = site.watchmen.vault(0, &["session", id]).await?;
        session["transaction"].as_str().map(str::to_owned)
    })
    .await;
    let transaction: Transaction = consensus::encode::deserialize_hex(&signed).unwrap();
    assert!(transaction.input.len() == 2 && transaction.input.iter().all(|input| !input.witness.is_empty()));
}
