//! What the feeds bring, told to the pipeline as facts.

use super::Watchman;
use super::feeds::{Input, Said};
use crate::agenda::Kind;
use crate::config::RunError;
use crate::ledger::{FoundBurn, Standing};
use everpay::EverHash;
use p2p::PeerId;
use std::collections::BTreeSet;
use vault::pipeline::{BurnFact, Fact, Ignored, Sources, Stage};

impl Watchman {
    /// Takes what a feed brings.
    pub(super) async fn hear(&mut self, input: Input) -> Result<(), RunError> {
        match input {
            Input::Ledger { standing, found } => self.hear_ledger(*standing, found).await,
            Input::LedgerFault(why) => {
                self.trouble("ledger", Some(why));
                // A replay that does not answer is no word that all is well.
                self.standing = None;
                let nobody = Sources { agreeing: 0, needed: 1, differing: BTreeSet::new() };
                self.take_all([Fact::Sources(nobody)]).await
            }
            Input::Chain { chain, facts } => {
                self.trouble(&format!("chain/{chain}"), None);
                if self.differing.remove(&chain).is_some() {
                    self.take_sources().await?;
                }
                for fact in &facts {
                    if let Fact::Owners { chain, threshold, .. } = fact {
                        self.thresholds.insert(chain.clone(), *threshold);
                    }
                }
                self.take_all(facts).await
            }
            Input::ChainFault { chain, why, differing } => {
                self.trouble(&format!("chain/{chain}"), Some(why));
                if !differing.is_empty() {
                    self.differing.insert(chain, differing);
                    self.take_sources().await?;
                }
                Ok(())
            }
            Input::Peer { from, said } => self.hear_peer(from, said).await,
        }
    }

    async fn hear_ledger(&mut self, standing: Standing, found: Vec<FoundBurn>) -> Result<(), RunError> {
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
        let gone: Vec<(EverHash, [u8; 32])> = self
            .seats
            .iter()
            .filter(|(hash, batch)| {
                !found.iter().any(|one| one.burn.ever_hash == **hash && one.burn.batch.id == **batch)
            })
            .map(|(hash, batch)| (*hash, *batch))
            .collect();
        for (hash, batch) in gone {
            self.seats.remove(&hash);
            self.take_all([Fact::Burn(hash, BurnFact::BatchDropped { batch })]).await?;
        }
        for one in found {
            self.hear_burn(one).await?;
        }
        Ok(())
    }

    async fn hear_burn(&mut self, found: FoundBurn) -> Result<(), RunError> {
        let (hash, batch) = (found.burn.ever_hash, found.burn.batch.id);
        self.take_all([Fact::Burn(hash, BurnFact::Seen(found.burn.clone()))]).await?;
        let Some(depth) = found.depth else {
            self.seats.insert(hash, batch);
            return Ok(());
        };
        match self.take(Fact::Burn(hash, BurnFact::DepthReached { burn: found.burn, depth })).await? {
            Ok(()) | Err(Ignored::NoChange) => {
                self.deep.insert(hash);
                self.seats.remove(&hash);
            }
            Err(_) => {
                self.seats.insert(hash, batch);
            }
        }
        Ok(())
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
                let ever_hash = signed.payload().reading().ever_hash;
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
            Said::Wants(hashes) => {
                hashes.iter().for_each(|hash| self.send_own(from, hash));
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
