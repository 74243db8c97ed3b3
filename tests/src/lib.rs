//! What the end-to-end tests share: real counterparts, the built programs, and a small world to put them in.
//!
//! Nothing here stands in for a counterpart or for a part of ours. What always holds: every test has folders, ports and
//! processes of its own; everything that was started ends with the test, also when it panics or is killed; every wait is
//! bounded and says what it waited for. Not for production code.

#![allow(clippy::unwrap_used, reason = "test support: a broken promise ends the test")]

mod bitcoin;
mod chain;
mod ethereum;
mod everwatchd;
mod gateway;
mod proxy;
mod sdk;
mod wait;
mod watchmen;
mod world;

pub use bitcoin::TestBitcoin;
pub use chain::{Batch, accepted_chain};
pub use ethereum::{Asset, Owners, TestEthereum, evm_key};
pub use everwatchd::{Ended, everwatchd, repository, run_everwatchd};
pub use gateway::{TestGateway, wallet};
pub use proxy::{Asked, Manner, Proxy};
pub use sdk::{SdkCall, SdkKey, sdk, sdk_on};
pub use wait::{eventually, within};
pub use watchmen::TestWatchmen;
pub use world::{Detection, Setup, World, evm, vectors};
