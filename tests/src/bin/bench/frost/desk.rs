//! One participant in many signing ceremonies at once: finds the machine that a message is for, and carries what it answers.

use super::mesh::Member;
use anyhow::{Context, Result, bail};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;
use threshold::{CeremonyId, Coordinator, Item, Label, Outgoing, Party, Request, Share, Signer, Spend, To};

/// Rounds whose messages go to the coordinator (`docs/threshold.md`): commitments, shares, refusals.
const TO_COORDINATOR: [u8; 3] = [2, 4, 6];

/// See the module header.
pub(super) struct Desk {
    member: Member,
    share: Share,
    /// Ceremonies whose signatures are awaited.
    open: usize,
    coordinators: BTreeMap<CeremonyId, Coordinator>,
    signers: BTreeMap<CeremonyId, Signer>,
    /// What this participant says to itself.
    own: VecDeque<Vec<u8>>,
    rng: ChaCha20Rng,
}

impl Desk {
    /// A participant that will sign in `count` ceremonies.
    pub(super) fn new(member: Member, share: Share, count: usize) -> Self {
        let rng = ChaCha20Rng::from_seed(rand::random());
        let (coordinators, signers) = (BTreeMap::new(), BTreeMap::new());
        Self { member, share, open: count, coordinators, signers, own: VecDeque::new(), rng }
    }

    /// Begins all ceremonies with this quorum, and serves them to the end.
    pub(super) async fn coordinate(mut self, quorum: &BTreeSet<Party>) -> Result<(Member, Instant)> {
        for _ in 0..self.open {
            let (group, id) = (self.share.group().clone(), CeremonyId(rand::random()));
            let items = vec![Item { message: rand::random(), spend: Spend::Plain }];
            let (coordinator, send) = Coordinator::new(group, self.share.party(), quorum, items, id)?;
            self.coordinators.insert(id, coordinator);
            self.say(send).await?;
        }
        self.serve().await
    }

    /// Takes part until it has all signatures, and says when that was.
    pub(super) async fn serve(mut self) -> Result<(Member, Instant)> {
        while self.open > 0 {
            let (from, bytes) = match self.own.pop_front() {
                Some(bytes) => (self.share.party(), bytes),
                None => self.member.next().await?,
            };
            let send = self.take(from, &bytes)?;
            self.say(send).await?;
        }
        Ok((self.member, Instant::now()))
    }

    async fn say(&mut self, send: Vec<Outgoing>) -> Result<()> {
        let own = To::One(self.share.party());
        let (own, others): (Vec<_>, Vec<_>) = send.into_iter().partition(|message| message.to == own);
        self.own.extend(own.into_iter().map(|message| message.bytes));
        self.member.say(others).await
    }

    /// Everything that is asked for is approved.
    fn take(&mut self, from: Party, bytes: &[u8]) -> Result<Vec<Outgoing>> {
        let label = Label::read(bytes)?;
        if TO_COORDINATOR.contains(&label.round) {
            let coordinator = self.coordinators.get_mut(&label.ceremony).context("a ceremony of this coordinator")?;
            let step = coordinator.receive(from, bytes)?;
            if let Some(Err(abort)) = step.outcome {
                bail!("no signature: {abort:?}");
            }
            return Ok(step.send);
        }
        let Some(signer) = self.signers.get_mut(&label.ceremony) else {
            let request = Request::read(self.share.group(), self.share.party(), from, bytes)?;
            let (signer, send) = Signer::approve(self.share.clone(), request, &mut self.rng)?;
            self.signers.insert(label.ceremony, signer);
            return Ok(send);
        };
        let step = signer.receive(from, bytes, &mut self.rng)?;
        self.open -= usize::from(step.outcome.is_some());
        Ok(step.send)
    }
}
