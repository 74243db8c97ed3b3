//! A member that coordinates as it likes, spoken for by the test: it asks a keeper for commitments, has it killed, and comes back with
//! what it committed to before.

use std::collections::BTreeSet;
use std::time::Duration;

use ceremony::Id;
use ceremony::wire::Word;
use p2p::PeerId;
use threshold::{CeremonyId, Coordinator, Label, Outgoing, Request, Signer, To};
use tokio::time::timeout;

use crate::keepers::{Keepers, READY};
use crate::spending::spend;
use crate::traitor::{Manner, Traitor, keepers_and, party};

const SESSION: [u8; 32] = [7; 32];
/// How long one waits for an answer that must not come.
const SILENCE: Duration = Duration::from_secs(2);
/// The signer's words, of `docs/threshold.md`.
const COMMITMENTS: u8 = 2;
const SHARES: u8 = 4;

/// A run of signing by the first keeper and the traitor.
struct Run {
    chair: Coordinator,
    own: Signer,
    ask: Vec<u8>,
}

impl Run {
    /// The traitor's own signer has committed; the keeper is not asked yet.
    fn new(traitor: &mut Traitor, id: [u8; 32]) -> Self {
        let share = traitor.share.clone().unwrap();
        let group = share.group().clone();
        let items = spend(group.clone(), 1).items();
        let first = BTreeSet::from([party(1), party(3)]);
        let (mut chair, asked) = Coordinator::new(group.clone(), party(3), &first, items, CeremonyId(id)).unwrap();
        let request = Request::read(&group, party(3), party(3), &to(&asked, 3)).unwrap();
        let (own, committed) = Signer::approve(share, request, &mut traitor.rng).unwrap();
        chair.receive(party(3), &to(&committed, 3)).unwrap();
        Self { chair, own, ask: to(&asked, 1) }
    }
}

fn to(words: &[Outgoing], number: u16) -> Vec<u8> {
    words.iter().find(|word| word.to == To::One(party(number))).unwrap().bytes.clone()
}

impl Traitor {
    async fn tell(&self, to: PeerId, bytes: &[u8]) {
        self.send(to, &Word::Machine { id: SESSION, bytes: bytes.to_vec() }).await;
    }

    /// The next message of this round that the keeper's signer sends; none if it is silent so long.
    async fn heard(&mut self, round: u8, limit: Duration) -> Option<Vec<u8>> {
        let next = async {
            loop {
                if let Some((_, Word::Machine { id: SESSION, bytes })) = self.word().await
                    && Label::read(&bytes).unwrap().round == round
                {
                    return bytes;
                }
            }
        };
        timeout(limit, next).await.ok()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_that_was_killed_never_signs_under_what_it_committed_to_before() {
    let (mut keepers, traitor) = keepers_and(Manner::Leads).await;
    let made = keepers.invite("2", &[1, 2]).await;
    for index in [0, 1] {
        keepers.agree(index, &made).await;
    }
    let mut traitor = traitor.await.unwrap();
    keepers.until(0, &made, &["done"]).await;
    let keeper: PeerId = keepers.peers[0].parse().unwrap();
    let session = approved(&keepers, &traitor, keeper).await;

    let mut run = Run::new(&mut traitor, [8; 32]);
    traitor.tell(keeper, &run.ask).await;
    let before = traitor.heard(COMMITMENTS, READY).await.expect("commitments");
    let package = to(&run.chair.receive(party(1), &before).unwrap().send, 1);
    keepers.kill(0).await;
    keepers.start(0).await;
    keepers.acquainted(&[0, 1]).await;
    traitor.reached(keeper).await;
    traitor.tell(keeper, &package).await;
    assert_eq!(traitor.heard(SHARES, SILENCE).await, None, "it signed, without a request, under nonces of before");
    traitor.tell(keeper, &run.ask).await;
    let after = traitor.heard(COMMITMENTS, READY).await.expect("other commitments");
    assert_ne!(after, before, "the nonces of before");
    traitor.tell(keeper, &package).await;
    assert_eq!(traitor.heard(SHARES, SILENCE).await, None, "it signed under nonces of before");

    let mut run = Run::new(&mut traitor, [9; 32]);
    traitor.tell(keeper, &run.ask).await;
    let fresh = traitor.heard(COMMITMENTS, READY).await.expect("commitments of another run");
    let packages = run.chair.receive(party(1), &fresh).unwrap().send;
    let own = run.own.receive(party(3), &to(&packages, 3), &mut traitor.rng).unwrap().send;
    run.chair.receive(party(3), &to(&own, 3)).unwrap();
    traitor.tell(keeper, &to(&packages, 1)).await;
    let shares = traitor.heard(SHARES, READY).await.expect("shares");
    let signed = run.chair.receive(party(1), &shares).unwrap();
    assert!(signed.outcome.unwrap().is_ok(), "the key signs all the same");
    traitor.tell(keeper, &to(&signed.send, 1)).await;
    keepers.signed(0, &session).await;
}

/// The traitor proposes, and the first keeper's person approves; the session.
async fn approved(keepers: &Keepers, traitor: &Traitor, keeper: PeerId) -> String {
    let group = traitor.share.as_ref().unwrap().group();
    let psbt = spend(group.clone(), 1).to_bytes().to_vec();
    let asked_ms = detector::now_ms();
    traitor.send(keeper, &Word::Proposal { session: SESSION, group: group.id().0, asked_ms, psbt }).await;
    let session = Id(SESSION).to_string();
    timeout(READY, keepers.approve(0, &session)).await.expect("it is asked");
    session
}
