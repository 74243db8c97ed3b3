//! The EVEN network in one process: the pure core of a node, and a seeded simulation of many of them.
//!
//! Where it stands: above `even`, whose rules it runs; below `everwatchd even-sim` and the app, which show it. [`node`] is
//! what a node does over any transport; [`network`] is one transport, in a single thread, under a seed.
//! What always holds: the same configuration gives the same run, event by event; a run says what broke and how to repeat it.
//! What it does not do: sockets, disks, or time of its own: the app lets a network run at the speed of clocks.
//!
//! Two modes. In a full run messages are composed, signed and checked, blocks are signed, and stamps are minted. In a light
//! run (networks of more than fifty nodes by default) ids are hashes of the content, and signatures and work are left out;
//! graphs, records, votes, locks, tables and the ledger are the same code.

pub mod cli;
pub mod config;
pub mod conformance;
pub mod craft;
pub mod findings;
pub mod live;
pub mod network;
pub mod node;
pub mod post;
pub mod report;
pub mod rng;
