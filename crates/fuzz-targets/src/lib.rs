//! What is fuzzed: every decoder of foreign bytes, each as one function that also says what must hold of what it accepts.
//!
//! Where it stands: `fuzz/` hands the functions to libFuzzer; `tests/replay.rs` runs them over their seeds and over seeded
//! mutations in every `make test`. What always holds: a target panics exactly when a property is broken; it returns whether
//! the bytes were accepted, so that a target whose seeds are all refused is found out; equal bytes give equal runs.
//! What it does not do: read a file (but the published vectors, for seeds), a clock or randomness; find its own inputs.

mod arweave;
mod even;
mod even_channel;
mod everpay;
mod keystore;
pub mod mutate;
#[cfg(feature = "programs")]
mod programs;
mod seeds;
mod text;
mod threshold;
mod threshold_run;
mod vault;

/// A decoder and what must hold of it.
pub struct Target {
    /// Its name: the crate, then what is decoded.
    pub name: &'static str,
    /// Reads the bytes, asserts what must hold, and says whether they were accepted.
    pub check: fn(&[u8]) -> bool,
    /// Valid examples, and others worth to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutations of its seeds `make test` tries: as many as it can run in about half a second.
    pub mutations: u32,
}

impl Target {
    const fn new(name: &'static str, check: fn(&[u8]) -> bool, seeds: fn() -> Vec<Vec<u8>>, mutations: u32) -> Self {
        Self { name, check, seeds, mutations }
    }
}

/// All targets, crate by crate.
#[must_use]
pub fn targets() -> Vec<&'static Target> {
    let lists: &[&'static [Target]] = &[
        even::TARGETS,
        even_channel::TARGETS,
        threshold::TARGETS,
        everpay::TARGETS,
        arweave::TARGETS,
        text::TARGETS,
        keystore::TARGETS,
        vault::TARGETS,
        #[cfg(feature = "programs")]
        programs::TARGETS,
    ];
    lists.iter().copied().flatten().collect()
}

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    targets().into_iter().find(|target| target.name == name)
}
