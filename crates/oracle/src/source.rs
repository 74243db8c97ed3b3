//! The seam between those who judge mints and the source chains that know about deposits.

use crate::finding::{CheckPoint, Evidence, Fault, MintFinding, NotCheckable};
use crate::reserves::{Payout, Reserves, Standing};
use everpay::Checked;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sources that must say the same: all but one of three or more, both of two, the one of one.
#[must_use]
pub const fn sources_needed(sources: usize) -> usize {
    if sources <= 2 { sources } else { sources - 1 }
}

/// One source chain: judge of mints, and witness of what its vault holds.
pub trait SourceChain: Send + Sync {
    /// Judges the deposit that a mint names. Only mints are asked about.
    ///
    /// # Errors
    /// There is no verdict now; asking again may help.
    fn check<'a>(&'a self, mint: &'a Checked, at: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>>;

    /// Whether a deposit that was verified earlier still stands where it stood.
    ///
    /// # Errors
    /// There is no answer now; asking again may help.
    fn standing<'a>(&'a self, verified: &'a Evidence) -> BoxFuture<'a, Result<Standing, Fault>>;

    /// What the vault holds at one block, and which of `waiting` it has paid out up to that block.
    ///
    /// # Errors
    /// There is no answer now; asking again may help.
    fn reserves<'a>(&'a self, waiting: &'a [Payout]) -> BoxFuture<'a, Result<Reserves, Fault>>;
}

/// All source chains that are configured, by native chain name.
#[derive(Clone, Default)]
pub struct Oracle {
    chains: BTreeMap<String, Arc<dyn SourceChain>>,
}

impl Oracle {
    /// An oracle that can check nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds (or replaces) the judge of a chain.
    #[must_use]
    pub fn with(mut self, chain: &str, judge: Arc<dyn SourceChain>) -> Self {
        self.chains.insert(chain.to_owned(), judge);
        self
    }

    /// Names of the chains that can be checked.
    pub fn chains(&self) -> impl Iterator<Item = &str> {
        self.chains.keys().map(String::as_str)
    }
}

impl std::fmt::Debug for Oracle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.chains.keys()).finish()
    }
}

impl Oracle {
    /// The judge of a chain, if that chain can be asked.
    #[must_use]
    pub fn chain(&self, chain: &str) -> Option<&Arc<dyn SourceChain>> {
        self.chains.get(chain)
    }

    /// Judges a mint by the chain that it names.
    ///
    /// # Errors
    /// As [`SourceChain::check`].
    pub fn check<'a>(&'a self, mint: &'a Checked, at: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>> {
        let judge = mint.target.as_ref().and_then(|chain| self.chains.get(chain.as_str()));
        match judge {
            Some(judge) => judge.check(mint, at),
            None => Box::pin(std::future::ready(Ok(MintFinding::NotCheckable { why: NotCheckable::NoSource }))),
        }
    }
}
