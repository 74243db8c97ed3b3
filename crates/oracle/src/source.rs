//! The seam between those who judge mints and the source chains that know about deposits.

use crate::finding::{CheckPoint, Fault, MintFinding, NotCheckable};
use everpay::Checked;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One source chain as a judge of mints.
pub trait SourceChain: Send + Sync {
    /// Judges the deposit that a mint names. Only mints are asked about.
    ///
    /// # Errors
    /// There is no verdict now; asking again may help.
    fn check<'a>(&'a self, mint: &'a Checked, at: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>>;
}

/// All source chains that are configured, by native chain name; itself a [`SourceChain`].
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

impl SourceChain for Oracle {
    fn check<'a>(&'a self, mint: &'a Checked, at: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>> {
        let judge = mint.target.as_ref().and_then(|chain| self.chains.get(chain.as_str()));
        match judge {
            Some(judge) => judge.check(mint, at),
            None => Box::pin(std::future::ready(Ok(MintFinding::NotCheckable { why: NotCheckable::NoSource }))),
        }
    }
}
