//! Keys from other wallets, a backup through the desktop's own file dialogs, and a withdrawal that one of them signs.

use std::path::Path;

use devnet::Payer;
use tests::{Asset, Setup, World, evm, repository, wallet};
use thirtyfour::prelude::*;

use super::ETH;
use super::page::{Window, hook};
use crate::desktop::{Session, inside};

const PASSWORD: &str = "a long practice password";
const BACKUP_PASSWORD: &str = "another long password";
/// The account of the key file that ethers wrote, and its password.
const KEY_FILE: (&str, &str) = ("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "correct horse");

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_imported_backed_up_and_restored_and_one_of_them_withdraws() {
    if !inside(Session::Desktop, "keys::keys_are_imported_backed_up_and_restored_and_one_of_them_withdraws") {
        return;
    }
    let world = World::with_coordinator(Setup::with_evm()).await;
    let payer = evm(76);
    world.evm_deposit(&payer, Asset::Coin, 2 * ETH).await;
    let window = Window::open(&world, "desktop").await;
    window.text("heartbeat-state", "it is watching", |text| text.contains("Watching")).await;
    create(&window).await;
    import_all(&world, &window, &payer).await;
    let copy = world.path("keys.backup");
    back_up(&window, &copy).await;
    lose_and_restore(&window, &copy).await;
    withdraw(&world, &window, &payer).await;
    window.driver.quit().await.unwrap();
}

/// Makes the keystore, with the keyboard.
async fn create(window: &Window) {
    window.press("gw").await;
    window.enter("tab-accounts").await;
    window.write("new-password", PASSWORD).await;
    window.write("new-password-again", PASSWORD).await;
    window.press(Key::Enter).await;
    window.there(&hook("keys-import")).await;
}

/// A private key, a key file and an Arweave wallet, each by its form.
async fn import_all(world: &World, window: &Window, payer: &Payer) {
    begin_import(window, "evmKey").await;
    window.write("import-hex", &"4c".repeat(32)).await;
    finish_import(window, "pays", &payer.account().to_string()).await;

    begin_import(window, "keyFile").await;
    give_file(window, &repository().join("crates/keystore/tests/vectors/ethers-5.8-scrypt.json")).await;
    window.write("import-password", "wrong horse").await;
    window.enter("import-submit").await;
    window.text("import-refused", "a wrong password is refused", |text| !text.is_empty()).await;
    window.picture("keys-import-refused").await;
    window.write("import-password", KEY_FILE.1).await;
    finish_import(window, "from a file", KEY_FILE.0).await;

    let arweave = wallet();
    arweave.save(&world.path("wallet.json")).unwrap();
    begin_import(window, "arweave").await;
    give_file(window, &world.path("wallet.json")).await;
    finish_import(window, "arweave", &arweave.address().to_string()).await;
    window.picture("keys").await;
}

async fn begin_import(window: &Window, kind: &str) {
    window.enter("keys-import").await;
    window.there(&format!("{}[open]", hook("import-dialog"))).await;
    window.select("import-kind", kind).await;
}

async fn give_file(window: &Window, path: &Path) {
    let field = window.driver.find(By::Css(hook("import-file"))).await.unwrap();
    field.send_keys(path.to_str().unwrap()).await.unwrap();
}

async fn finish_import(window: &Window, label: &str, account: &str) {
    window.write("import-label", label).await;
    window.enter("import-submit").await;
    window.there(&format!("{}[data-copy=\"{account}\"]", hook("key-row"))).await;
    window.until("the dialog is gone", &format!("!document.querySelector('{}[open]')", hook("import-dialog"))).await;
}

/// Saves a backup where the native dialog is told to.
async fn back_up(window: &Window, copy: &Path) {
    window.enter("keys-backup").await;
    window.write("new-password", BACKUP_PASSWORD).await;
    window.write("new-password-again", BACKUP_PASSWORD).await;
    window.press(Key::Enter).await;
    let dialog = window.native("Save the backup of the keystore");
    window.screen("keys-backup-native");
    dialog.save_as(copy);
    window.until("it is saved", &format!("!document.querySelector('{}[open]')", hook("backup-dialog"))).await;
    let written = std::fs::read(copy).unwrap();
    assert!(written.len() > 500, "{} bytes", written.len());
}

/// Removes a key and has it back from the backup; both are asked in native windows.
async fn lose_and_restore(window: &Window, copy: &Path) {
    let row = format!("{}[data-copy=\"{}\"]", hook("key-row"), KEY_FILE.0);
    window.tab_to(&format!("{row} {}", hook("key-remove"))).await;
    window.press(Key::Enter).await;
    window.enter("remove-submit").await;
    window.native("Remove this key from the keystore?").say_yes();
    window.until("the key is gone", &format!("!document.querySelector({row:?})")).await;

    window.enter("keys-restore").await;
    window.write("restore-password", BACKUP_PASSWORD).await;
    window.press(Key::Enter).await;
    window.native("Open a backup of the keystore").choose(copy);
    window.text("restore-added", "the lost key would be added", |text| text.contains("from a file")).await;
    let added = format!("document.querySelectorAll('{}').length", hook("restore-added"));
    assert_eq!(window.until("one key would be added", &added).await, 1);
    window.picture("keys-restore").await;
    window.enter("restore-submit").await;
    let question = window.native("Restore these keys from the backup?");
    window.screen("keys-restore-native");
    question.say_yes();
    window.there(&row).await;
}

/// Fills the form in, compares, signs in the native window, and finds the burn in the verified ledger.
async fn withdraw(world: &World, window: &Window, payer: &Payer) {
    let to = evm(77).account().to_string();
    window.press("gw").await;
    window.enter("tab-withdraw").await;
    window.there(&hook("withdraw-form")).await;
    window.select("withdraw-account", &payer.account().to_string()).await;
    let eth = format!("{} option[value*=\"-eth-\"]", hook("withdraw-way"));
    window.click(&eth).await;
    window.write("withdraw-amount", "0.5").await;
    window.write("withdraw-to", &to).await;
    window.until("the quote is there", &format!("!!document.querySelector('{}')", hook("withdraw-receives"))).await;
    window.picture("withdraw-form").await;
    window.enter("withdraw-review-open").await;
    assert_eq!(window.data("withdraw-review-to", "full").await, to);
    window.picture("withdraw-review").await;
    window.enter("withdraw-sign").await;
    let question = window.native("Sign this withdrawal?");
    window.screen("withdraw-native");
    question.say_yes();
    let hash = window.data("withdrawal", "hash").await;
    assert_eq!(window.data("withdrawal-to", "full").await, to);
    window.picture("withdrawal").await;
    let taken = world.api.get(&format!("/tx/{hash}")).await.unwrap();
    assert_eq!(taken["tx"]["action"], "burn", "{taken}");
    window.enter("tab-withdrawals").await;
    window.there(&format!("{}[data-hash=\"{hash}\"]", hook("burn-row"))).await;
}
