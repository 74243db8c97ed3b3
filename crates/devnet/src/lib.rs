//! A whole practice network on one machine, made of real programs: an Arweave gateway and an Ethereum node for
//! development, a coordinator, a deposit bot, accounts that deposit, pay and withdraw, and a detector with something to
//! look at.
//!
//! `everwatchd devnet` calls [`run`]; the end-to-end tests use the parts. What always holds: every child has a pipe as
//! its standard input and ends when that closes, so nothing survives this process, however it ends; every wait, queue,
//! log and restart is bounded; keys are readable by their owner only. What this crate does not do: it decides no verdict
//! and has no stand-in for any counterpart; the money is play money. Source: the design's section on the devnet.

mod activity;
mod anvil;
mod api;
mod arlocal;
mod bitcoind;
mod child;
mod deposits;
mod error;
mod evm;
mod evm_deposits;
mod faucet;
mod folder;
mod http;
mod keys;
mod log;
mod network;
mod payments;
mod ports;
mod practice_chain;
mod programs;
mod run;
mod service;
mod watchmen;

pub use anvil::{Anvil, AnvilControl, AnvilOptions, program as anvil_program};
pub use api::{Api, NotPosted};
pub use arlocal::{Arlocal, Control, counterparts, program as arlocal_program};
pub use bitcoind::{Bitcoind, BitcoindControl, BitcoindOptions, output as bitcoin_output};
pub use child::{Child, Port, Program};
pub use error::{Fault, Tail};
pub use evm::{EvmCall, EvmNode, Mined, SignedCall, address as evm_address};
pub use keys::Payer;
pub use network::{DEPTH_BLOCKS, ETHEREUM, PracticeChain, Setup, network};
pub use payments::{Nonces, Payments};
pub use ports::{Ports, free_port};
pub use practice_chain::{deploy, deploy_owned};
pub use run::{Config, View, run};
pub use watchmen::{PRACTICE_PASSWORD, Seat, Watchmen, open_policy};
