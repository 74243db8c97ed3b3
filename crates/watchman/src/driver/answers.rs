//! What the driver answers to pages and commands, out of the pipeline's own states.

use super::{Watchman, rows, text};
use crate::config::RunError;
use crate::model::{HaltRow, PeerRow, Status, VaultRow};
use crate::roster::RosterFile;
use crate::view::{AskError, Command};
use std::collections::BTreeSet;
use vault::pipeline::{Fact, Ignored};
use vault::signature::Owner;

impl Watchman {
    pub(super) async fn answer(&mut self, command: Command) -> Result<(), RunError> {
        // Who does not wait for the answer any more gets none.
        match command {
            Command::Queue(reply) => drop(reply.send(self.queue())),
            Command::Facts(hash, reply) => drop(reply.send(self.facts(&hash))),
            Command::Status(reply) => drop(reply.send(self.status())),
            Command::Policy(reply) => drop(reply.send(self.core.pipeline().policy().cloned())),
            Command::Roster(reply) => drop(reply.send(self.roster.clone())),
            Command::Files(reply) => {
                let place = |files| (files, self.session.clone(), self.data_dir.clone());
                drop(reply.send(self.files.clone().map(place)));
            }
            Command::SetRoster(roster, reply) => {
                let outcome = self.set_roster(*roster).await?;
                drop(reply.send(outcome));
            }
            Command::Tell(fact, reply) => {
                let outcome = self.take(*fact).await?;
                drop(reply.send(outcome));
            }
            Command::Unlock(keys, session) => {
                self.hand.become_other(&keys.hand);
                self.session = session;
            }
        }
        Ok(())
    }

    async fn set_roster(&mut self, roster: RosterFile) -> Result<Result<(), AskError>, RunError> {
        if roster.peer(&self.owner) != Some(self.network.own()) {
            return Ok(Err(AskError::NotInRoster(self.owner)));
        }
        // Addresses may have changed though the members did not.
        if let Err(why) = self.take(Fact::Roster(roster.roster.clone())).await?
            && why != Ignored::NoChange
        {
            return Ok(Err(why.into()));
        }
        self.roster = match self.core.pipeline().roster() {
            Some(known) => roster.dated(known),
            None => roster,
        };
        Ok(self.network.set_roster(self.roster.peers.clone()).await.map_err(|_| AskError::Stopped))
    }

    fn status(&self) -> Status {
        let presence = self.network.presence();
        let head = self.core.head();
        Status {
            owner: self.owner.to_string(),
            peer: presence.own.to_string(),
            listening: presence.listening.iter().map(ToString::to_string).collect(),
            journal_entries: head.count,
            journal_head: crypto::hexs::encode0x(&head.hash),
            peers: presence.peers.iter().filter_map(|peering| self.peer(peering)).collect(),
            quarantine_until_ms: self.quarantine_until_ms(&self.owner),
            vaults: self.vaults(),
            halts: self.halts(),
            sources: self.core.pipeline().sources().map(rows::sources),
            troubles: self.troubles.clone().into_iter().collect(),
        }
    }

    fn vaults(&self) -> Vec<VaultRow> {
        let known = self.chains.keys().filter_map(|chain| Some((chain, self.core.pipeline().owners(chain)?)));
        let row = |(chain, (owners, threshold)): (&String, (&BTreeSet<Owner>, u32))| VaultRow {
            chain: chain.clone(),
            owners: owners.iter().map(ToString::to_string).collect(),
            threshold,
        };
        known.map(row).collect()
    }

    fn peer(&self, peering: &p2p::Peering) -> Option<PeerRow> {
        let owner = self.roster.owner(&peering.id)?;
        Some(PeerRow {
            name: peering.name.clone(),
            owner: owner.to_string(),
            peer: peering.id.to_string(),
            up: peering.up,
            trouble: peering.trouble.map(p2p::Trouble::code),
            position: self.positions.get(&peering.id).cloned(),
            accused: self.core.pipeline().excluded().contains(&owner),
            quarantine_until_ms: self.quarantine_until_ms(&owner),
        })
    }

    fn halts(&self) -> Vec<HaltRow> {
        let chains = self.chains.keys().filter_map(|chain| Some((chain, self.core.pipeline().halts().of(chain)?)));
        let rows = chains.flat_map(|(chain, halts)| {
            halts.iter().map(|(key, halt)| HaltRow {
                chain: chain.clone(),
                key: key.clone(),
                cause: text::cause_code(halt.cause),
                since_ms: halt.since_ms,
            })
        });
        rows.collect()
    }
}
