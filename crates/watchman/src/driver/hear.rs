//! What the feeds bring, told to the pipeline as facts.

use super::Watchman;
use super::feeds::{Input, Said, Shown};
use crate::agenda::Kind;
use crate::chain::Looked;
use crate::clock::now_ms;
use crate::config::RunError;
use crate::ledger::{FoundBurn, Standing};
use everpay::EverHash;
use p2p::PeerId;
use std::collections::BTreeSet;
use vault::pipeline::{BurnFact, Fact, Ignored, Sources, Stage};

/// Burns that were paid before we knew of them, waiting to be found in the ledger.
const PAID_MAX: usize = 4_096;

impl Watchman {
    /// Takes what a feed brings.
    pub(super) async fn hear(&mut self, input: Input) -> Result<(), RunError> {
        match input {
            Input::Ledger { standing, found, shown } => self.hear_ledger(*standing, found, shown).await,
            Input::LedgerFault(why) => {
                self.trouble("ledger", Some(why));
                // A replay that does not answer is no word that all is well.
                self.standing = None;
                let nobody = Sources { agreeing: 0, needed: 1, differing: BTreeSet::new() };
                self.take_all([Fact::Sources(nobody)]).await
            }
            Input::Chain { chain, looked } => self.hear_chain(chain, looked).await,
            Input::ChainFault { chain, why, differing } => {
                self.trouble(&format!("chain/{chain}"), Some(why));
                // Silence is no agreement with what was contradicted before.
                if differing.is_empty() { Ok(()) } else { self.hear_differing(chain, differing).await }
            }
            Input::Peer { from, said } => self.hear_peer(from, said).await,
        }
    }

    async fn hear_ledger(
        &mut self,
        standing: Standing,
        found: Vec<FoundBurn>,
        shown: Option<Shown>,
    ) -> Result<(), RunError> {
        self.trouble("ledger", None);
        let alerts = standing.alerts.clone().map(Fact::Alerts);
        let halts = standing.halts.iter().map(|halt| Fact::Halted {
            chain: halt.chain.clone(),
            key: halt.key.clone(),
            cause: halt.cause,
        });
        let world: Vec<Fact> = alerts.into_iter().chain(halts).collect();
        self.standing = Some(standing);
        self.take_all(world).await?;
        self.take_sources().await?;
        if let Some(shown) = shown {
            self.hear_shown(shown).await?;
        }
        for one in found {
            self.hear_burn(one).await?;
        }
        Ok(())
    }

    /// Burns whose batch left the accepted chain, and those that were paid before we knew of them.
    async fn hear_shown(&mut self, shown: Shown) -> Result<(), RunError> {
        for hash in shown.asked {
            let now = shown.found.iter().find(|one| one.burn.ever_hash == hash);
            match (self.core.pipeline().case(&hash), now) {
                (Some(case), now) if now.is_none_or(|now| now.burn.batch.id != case.seat()) => {
                    self.deep.remove(&hash);
                    let batch = case.seat();
                    self.take_all([Fact::Burn(hash, BurnFact::BatchDropped { batch })]).await?;
                }
                // Only seen: it is not to be judged, the chain has decided.
                (None, Some(now)) => {
                    self.take_all([Fact::Burn(hash, BurnFact::Seen(now.burn.clone()))]).await?;
                    self.paid.remove(&hash);
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn hear_burn(&mut self, found: FoundBurn) -> Result<(), RunError> {
        let FoundBurn { burn, depth } = found;
        let hash = burn.ever_hash;
        if let Some(batch) = self.core.pipeline().case(&hash).map(vault::pipeline::Case::seat)
            && batch != burn.batch.id
        {
            self.take_all([Fact::Burn(hash, BurnFact::BatchDropped { batch })]).await?;
        }
        self.take_all([Fact::Burn(hash, BurnFact::Seen(burn.clone()))]).await?;
        if let Some(depth) = depth
            && let Ok(()) | Err(Ignored::NoChange) =
                self.take(Fact::Burn(hash, BurnFact::DepthReached { burn, depth })).await?
        {
            self.deep.insert(hash);
        }
        Ok(())
    }

    async fn hear_chain(&mut self, chain: String, looked: Looked) -> Result<(), RunError> {
        self.trouble(&format!("chain/{chain}"), None);
        self.done.extend(looked.done);
        let unknown = looked.paid.into_iter().filter(|hash| self.core.pipeline().case(hash).is_none());
        let unknown: Vec<EverHash> = unknown.take(PAID_MAX.saturating_sub(self.paid.len())).collect();
        self.paid.extend(unknown);
        self.hear_differing(chain, looked.differing).await?;
        self.take_all(looked.facts).await
    }

    /// Who contradicts the others on a chain, now.
    async fn hear_differing(&mut self, chain: String, differing: BTreeSet<String>) -> Result<(), RunError> {
        let before = match differing.is_empty() {
            true => self.differing.remove(&chain).unwrap_or_default(),
            false => self.differing.insert(chain, differing.clone()).unwrap_or_default(),
        };
        if before == differing { Ok(()) } else { self.take_sources().await }
    }

    /// How the ledger's sources and the chains' nodes stand, as one fact.
    async fn take_sources(&mut self) -> Result<(), RunError> {
        let Some(sources) = self.standing.as_ref().and_then(|standing| standing.sources.clone()) else { return Ok(()) };
        let chains =
            self.differing.iter().flat_map(|(chain, nodes)| nodes.iter().map(move |node| format!("{chain}: {node}")));
        let differing = sources.differing.iter().cloned().chain(chains).collect();
        self.take_all([Fact::Sources(Sources { differing, ..sources })]).await
    }

    async fn hear_peer(&mut self, from: PeerId, said: Said) -> Result<(), RunError> {
        let Some(by) = self.roster.owner(&from) else { return Ok(()) };
        match said {
            Said::Signed(signed) => {
                let (ever_hash, owner) = (signed.payload().reading().ever_hash, signed.signature().owner());
                if self.core.pipeline().case(&ever_hash).is_none() && self.roster.peer(&owner).is_some() {
                    self.suspects.note(*signed, now_ms());
                    return Ok(());
                }
                self.take_all([Fact::Burn(ever_hash, BurnFact::PeerSignature(*signed))]).await
            }
            Said::Submitted { ever_hash, tx } => {
                let tx = crypto::hexs::encode0x(&tx);
                self.take_all([Fact::Burn(ever_hash, BurnFact::SubmissionSeen { tx, by })]).await
            }
            Said::At { batch, root } => {
                self.positions.insert(from, (batch, root));
                Ok(())
            }
            Said::Came => {
                // Who was away missed what was said.
                let open = self.signed();
                open.iter().for_each(|hash| self.agenda.allow((Kind::Publish, *hash)));
                Ok(())
            }
        }
    }

    /// The burns for which our signature waits for others.
    fn signed(&self) -> Vec<EverHash> {
        let cases = self.core.pipeline().cases();
        let signed = cases.filter(|case| matches!(case.stage(), Stage::Signed { .. } | Stage::Quorum { .. }));
        signed.map(|case| case.burn().ever_hash).collect()
    }
}
