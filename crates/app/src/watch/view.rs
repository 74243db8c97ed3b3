//! The watchman as a page sees it.

use std::collections::BTreeMap;

use vault::words::first_words;
use watchman::{RosterFile, RosterMember, Status};

use super::{Answer, Guard, Phase, not_done, rows};
use crate::api::{GuardedVault, MemberRow, Reason, WatchmanView};
use crate::map;

/// Check words of a watchman.
const WORDS: usize = 8;

impl Guard<'_> {
    /// How the watchman stands, running or not.
    pub(crate) async fn watchman(&self) -> Answer<WatchmanView> {
        let mut view = self.still();
        let Ok(running) = self.running() else { return Ok(view) };
        let (status, roster) = (running.status().await.map_err(not_done)?, running.roster().await.map_err(not_done)?);
        view.members = members(&status, &roster);
        view.vaults = self.vaults(&status);
        view.troubles = troubles(&status);
        view.halts = self.halts(&status.halts);
        view.owner = Some(status.owner);
        view.peer = Some(status.peer);
        view.listening = status.listening;
        (view.journal_entries, view.journal_head) = (status.journal_entries, Some(status.journal_head));
        Ok(view)
    }

    /// What is known without asking the watchman.
    fn still(&self) -> WatchmanView {
        let watch = self.watch();
        let unlocked = self.shared.keys.session().is_some();
        let inner = watch.inner();
        let why = match &inner.phase {
            Phase::Failed(code, why) => Some(Reason { code: (*code).to_owned(), subject: why.clone() }),
            _ => None,
        };
        WatchmanView {
            mode: watch.mode(&inner),
            why,
            signing: watch.signing(&inner, unlocked),
            owner: inner.settings.as_ref().map(|settings| settings.account.clone()),
            peer: inner.settings.as_ref().map(|settings| settings.peer.clone()),
            listening: inner.settings.iter().map(|settings| settings.listen.clone()).collect(),
            data_dir: watch.folder.path().display().to_string(),
            journal_entries: 0,
            journal_head: None,
            vaults: self.guarded(&BTreeMap::new()),
            members: Vec::new(),
            halts: self.halts(&[]),
            troubles: Vec::new(),
            awaiting: inner.brief.awaiting,
            on_the_way: inner.brief.on_the_way,
        }
    }

    fn vaults(&self, status: &Status) -> Vec<GuardedVault> {
        let known = status.vaults.iter().map(|vault| (vault.chain.as_str(), (vault.threshold, vault.owners.len())));
        self.guarded(&known.collect())
    }

    /// The vaults of the network that watchmen can guard.
    fn guarded(&self, known: &BTreeMap<&str, (u32, usize)>) -> Vec<GuardedVault> {
        let network = &self.shared.network;
        let vaults = network.evm.iter().filter_map(|(chain, evm)| {
            let contract = network.rules.lockers.get(chain)?;
            let known = known.get(chain.as_str());
            Some(GuardedVault {
                chain: chain.clone(),
                chain_id: evm.chain_id.to_string(),
                contract: contract.clone(),
                threshold: known.map(|(threshold, _)| *threshold),
                owners: known.map(|(_, owners)| rows::count(*owners)),
            })
        });
        vaults.collect()
    }
}

fn members(status: &Status, roster: &RosterFile) -> Vec<MemberRow> {
    roster.members().iter().map(|member| self::member(member, Some(status))).collect()
}

/// A watchman of the roster; `status`: what this one knows of it, if it runs.
pub(super) fn member(member: &RosterMember, status: Option<&Status>) -> MemberRow {
    let peer = status.and_then(|status| status.peers.iter().find(|peer| peer.owner == member.owner));
    let is_me = status.is_some_and(|status| member.owner == status.owner);
    let quarantined = if is_me { status.and_then(|status| status.quarantine_until_ms) } else { None };
    let position = peer.and_then(|peer| peer.position.clone());
    MemberRow {
        name: member.name.clone(),
        owner: member.owner.clone(),
        peer: member.peer.clone(),
        addresses: member.addresses.clone(),
        is_me,
        up: is_me || peer.is_some_and(|peer| peer.up),
        trouble: peer.and_then(|peer| peer.trouble).map(str::to_owned),
        quarantine_until_ms: quarantined.or_else(|| peer.and_then(|peer| peer.quarantine_until_ms)),
        accused: peer.is_some_and(|peer| peer.accused),
        batch: position.as_ref().map(|(batch, _)| *batch),
        root: position.map(|(_, root)| root),
        words: member_words(&member.owner, &member.peer),
    }
}

/// Check words of a watchman's key and identity: the same on every machine.
pub(super) fn member_words(owner: &str, peer: &str) -> Vec<String> {
    let hash = crypto::keccak256(format!("everwatch watchman {owner} {peer}").as_bytes());
    first_words::<WORDS>(&hash).map(str::to_owned).into()
}

/// What is wrong now, and who contradicts the others.
fn troubles(status: &Status) -> Vec<Reason> {
    let own = status.troubles.iter().map(|(part, why)| Reason { code: part.clone(), subject: why.clone() });
    let differing = status.sources.iter().flat_map(|sources| &sources.differing);
    let differing = differing.map(|name| Reason { code: "sources".to_owned(), subject: map::shown_url(name) });
    own.chain(differing).collect()
}

/// Whether something beside halts and the lock keeps it from signing.
pub(super) fn blocks(status: &Status) -> bool {
    let stands = |part: &str| part == "ledger" || part.starts_with("chain/") || part.starts_with("check/");
    let unsure = status.sources.as_ref().is_none_or(|sources| {
        sources.agreeing < sources.needed || sources.needed == 0 || !sources.differing.is_empty()
    });
    unsure || status.quarantine_until_ms.is_some() || status.troubles.iter().any(|(part, _)| stands(part))
}
