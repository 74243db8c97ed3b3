//! Windows of several watchmen that know each other, each in its own folder, over real sockets.

use std::path::Path;

use serde_json::{Value, json};

use super::Window;
use super::nowhere::{PASSWORD, PATIENCE, network, policy};

const NAMES: [&str; 3] = ["Ada", "Jun", "Ravi"];

/// Three watchmen, running and connected.
pub(crate) async fn three(folder: &Path) -> [Window; 3] {
    let mut members = Vec::new();
    let (ada, jun, ravi) = (stand(folder, 0).await, stand(folder, 1).await, stand(folder, 2).await);
    for (window, wish, name) in [(&ada.0, &ada.1, NAMES[0]), (&jun.0, &jun.1, NAMES[1]), (&ravi.0, &ravi.1, NAMES[2])] {
        window.person.says(true);
        let identity = window.done("setUpWatchman", wish.clone()).await;
        let listen = &wish["listen"];
        members
            .push(json!({"owner": identity["owner"], "peer": identity["peer"], "name": name, "addresses": [listen]}));
    }
    let roster = json!({"quarantineHours": 1, "members": members}).to_string();
    for (window, wish) in [&ada, &jun, &ravi] {
        let mut wish = wish.clone();
        (wish["roster"], wish["policy"]) = (json!(roster), json!(policy("100")));
        window.person.says(true);
        window.done("setUpWatchman", wish).await;
        window.running().await;
    }
    let windows = [ada.0, jun.0, ravi.0];
    for window in &windows {
        let up = |view: &Value| view["members"].as_array().is_some_and(|all| all.iter().all(|one| one["up"] == true));
        window.watchman("all are connected", up).await;
    }
    windows
}

/// A window with a keystore and an account, and the wish to set its watchman up.
async fn stand(folder: &Path, place: usize) -> (Window, Value) {
    let folder = folder.join(NAMES[place]);
    let window = Window::open(network(), &folder, PATIENCE).await;
    window.done("createKeystore", json!({"password": PASSWORD})).await;
    let source = json!({"kind": "evmKey", "hex": format!("{:02x}", place + 1).repeat(32)});
    let view = window.done("importAccount", json!({"label": NAMES[place], "source": source})).await;
    let listen = format!("127.0.0.1:{}", devnet::free_port().unwrap());
    let wish = json!({"key": view["accounts"][0]["id"], "listen": listen, "roster": "", "policy": ""});
    (window, wish)
}
