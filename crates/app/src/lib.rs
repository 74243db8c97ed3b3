//! The application core: one detector and the deposit watchers at work, the commands a page may ask, the events it is
//! told, native notifications.
//!
//! The shells (`src-tauri` by IPC, `everwatchd serve` by HTTP) only adapt. What always holds: everything a page can ask
//! is in [`api`]; every request is parsed and bounded at the door; no command but `postMint` waits for the network for
//! longer than a moment; a notification is counted only when the service took it. This crate knows no window, no socket
//! and no page.

pub mod api;
pub mod confirm;
pub mod lifetime;
pub mod notify;

mod answers;
mod bridge;
mod ceremonies;
mod core;
mod dispatch;
mod door;
mod even;
mod events;
mod keys;
mod lock;
mod map;
mod save;
mod settings;
mod watch;
mod watchers;
mod withdraw;

pub use crate::core::{App, Config, StartError, network_file};
pub use crate::even::{CannotHost, host_even};
pub use oracle::network::NetworkFile;
