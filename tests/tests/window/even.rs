//! A living EVEN network in a process of its own: who ranks where and why, what would change it, what the messages decide.

use std::process::{Command, Stdio};

use tests::{Setup, World, everwatchd};
use thirtyfour::prelude::*;

use super::page::{Window, hook};
use crate::desktop::{Running, Session, inside};

const NODES: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_lives_beside_the_window_is_shown() {
    if !inside(Session::Desktop, "even::a_network_that_lives_beside_the_window_is_shown") {
        return;
    }
    let world = World::with_coordinator(Setup::default()).await;
    let _network = start(&world);
    let window = Window::open(&world, "desktop").await;
    window.text("heartbeat-state", "it is watching", |text| text.contains("Watching")).await;
    rating(&window).await;
    node(&window).await;
    what_if(&window).await;
    network(&window).await;
    messages(&window).await;
    dark_and_chinese(&window).await;
    window.driver.quit().await.unwrap();
}

/// A network of its own process in the window's data directory.
fn start(world: &World) -> Running {
    let mut program = Command::new(everwatchd());
    program.args(["even-sim", "--live", "--nodes", &NODES.to_string(), "--seed", "7", "--behaviour", "passive=1"]);
    program.arg("--data-dir").arg(world.path("desktop")).stdout(Stdio::null());
    Running::start(&mut program)
}

fn rows() -> String {
    format!("document.querySelectorAll('{}')", hook("even-node-row"))
}

/// Every node has a row, computed from messages: after a while with a weight of the network's own table.
async fn rating(window: &Window) {
    window.go("even").await;
    window.text("even-where", "the page says where the network lives", |text| text.contains("16")).await;
    let all = format!("{}.length >= {NODES} - 1", rows());
    window.until("every node has its row", &all).await;
    window.text("even-next", "the next rating is counted down to", |text| text.contains(char::is_numeric)).await;
    window.picture("even-rating-light").await;
    let first = format!("{}[0].textContent", rows());
    let heaviest = window.until("somebody is first", &first).await;
    window.click(&hook("even-sort-rating")).await;
    window.until("sorting moves rows", &format!("{first} !== {heaviest} && {first}")).await;
    window.click(&hook("even-sort-weight")).await;
}

/// Why a node ranks where it does, in words and by its epochs.
async fn node(window: &Window) {
    window.click(&format!("{} a", hook("even-node-row"))).await;
    window.text("even-rating", "the node has a rating", |text| text.contains(char::is_numeric)).await;
    window.text("even-why", "a sentence says why", |text| text.len() > 20).await;
    window.text("even-forecast", "after some epochs it has a forecast", |text| text.contains(char::is_numeric)).await;
    window.until("its moves are named", &format!("!!document.querySelector('{}')", hook("even-move"))).await;
    window.picture("even-node-light").await;
}

/// The sliders ask the same code that rates.
async fn what_if(window: &Window) {
    window.click(&hook("even-try")).await;
    window.there(&hook("even-what-if")).await;
    let slider = window.driver.find(By::Css(hook("even-slide-stake"))).await.unwrap();
    for _ in 0..5 {
        slider.send_keys(Key::Right).await.unwrap();
    }
    window.text("even-what-if-result", "another rating is computed", |text| text.contains(char::is_numeric)).await;
    window.picture("even-what-if-light").await;
    window.click(&hook("even-try-end")).await;
}

/// Who leads, against the cap.
async fn network(window: &Window) {
    window.click(&hook("tab-even-network")).await;
    window.text("even-leader", "somebody leads, with a share", |text| text.contains('%')).await;
    window.text("even-spread", "how even the weight is stands above", |text| text.contains(char::is_numeric)).await;
    window.picture("even-network-light").await;
}

/// The graph, and one message with its votes.
async fn messages(window: &Window) {
    window.click(&hook("tab-even-messages")).await;
    window.there(&hook("even-graph")).await;
    window.click(&format!("{} a.what", hook("even-message-row"))).await;
    window.there(&hook("even-message")).await;
    window.picture("even-messages-light").await;
}

async fn dark_and_chinese(window: &Window) {
    window.choose("choose-theme", "dark").await;
    window.choose("choose-language", "zh-Hans").await;
    window.go("even").await;
    window.until("every node has its row", &format!("{}.length > 5", rows())).await;
    window.picture("even-rating-dark-zh").await;
}
