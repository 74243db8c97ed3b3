//! What other owners sign: it counts, or it is held against them.

use crate::common::{Running, burn, start};
use crate::place::owners;
use crate::site::{Site, hash, until};
use p2p::{Events, Handle, Identity, Limits, Peer};
use serde_json::json;
use vault::burn::{Lock, Vault};
use vault::payload::Payload;
use vault::signature::SignedPayload;
use watchman::talk::{self, Talk};
use watchman::{Config, RosterFile, SignerState};

/// The second owner, played by the test.
pub struct Grace {
    pub handle: Handle,
    _events: Events,
}

impl Grace {
    fn identity() -> Identity {
        Identity::from_secret([7; 32].into())
    }

    /// The watchman of the site, with her in its roster.
    pub fn beside(site: &Site) -> Config {
        let member = |owner: String, peer: String, name: &str| json!({ "owner": owner, "peer": peer, "name": name, "addresses": [] });
        let grace = vault::signature::Owner::new(owners()[1].address()).to_string();
        let own = &site.keys.public;
        let members = [
            member(own.owner.to_string(), own.peer.to_string(), "Ada"),
            member(grace, Self::identity().peer_id().to_string(), "Grace"),
        ];
        let roster = json!({ "quarantineHours": 0, "members": members }).to_string();
        Config { roster: RosterFile::parse(&roster).unwrap(), ..site.config() }
    }

    /// Connects to the watchman that runs.
    pub async fn join(site: &Site, running: &Running) -> Self {
        let status = running.view.status().await.unwrap();
        let ada = Peer {
            id: site.keys.public.peer,
            addresses: vec![status.listening[0].parse().unwrap()],
            name: "Ada".to_owned(),
        };
        let (handle, events) = p2p::start(p2p::Config {
            identity: Self::identity(),
            network: talk::network(&site.config().network),
            listen: Vec::new(),
            roster: p2p::Roster::new(vec![ada]).unwrap(),
            topics: vec![talk::payouts(), talk::presence()],
            limits: Limits::default(),
        })
        .await
        .unwrap();
        until("Grace is connected", || async { handle.presence().peers[0].up }).await;
        Self { handle, _events: events }
    }

    /// A watchman that signed burn 1 and needs one more, and her beside it.
    pub async fn needed(site: &Site) -> (Running, Self) {
        site.ledger.show(&burn(hash(1)), true);
        let running = start(Self::beside(site)).await;
        let grace = Self::join(site, &running).await;
        running.row_of(hash(1), "signed").await;
        (running, grace)
    }

    pub async fn say(&self, site: &Site, signed: SignedPayload) {
        let message = Talk::Signed(Box::new(signed)).encode();
        self.handle.send(site.keys.public.peer, message).await.unwrap();
    }
}

/// What the second owner signs when she pays somebody else for this burn.
fn another(site: &Site, number: u8) -> SignedPayload {
    let lock = Lock::Evm { chain_id: 1, contract: site.place.at.vault.into() };
    let mut other = burn(hash(number));
    other.to = "0x6666666666666666666666666666666666666666".to_owned();
    let payload = Payload::of(&other, &Vault { chain: "ethereum".to_owned(), lock }).unwrap();
    let signature = owners()[1].sign_digest(payload.digest().as_bytes());
    SignedPayload::check(payload, &signature).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_other_bytes_for_a_burn_is_accused_before_the_replay_and_counts_no_more_until_pardoned() {
    let site = Site::new().await;
    let (running, grace) = Grace::needed(&site).await;
    grace.say(&site, another(&site, 1)).await;
    let is_accused = || async {
        let row = running.row_of(hash(1), "signed").await;
        row.signers.iter().any(|signer| signer.name == "Grace" && signer.state == SignerState::Accused)
    };
    until("Grace is accused", is_accused).await;
    until("the replay was told", || async { site.ledger.accused() == [another(&site, 1)] }).await;
    grace.say(&site, site.signed(1, 1)).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    running.row_of(hash(1), "signed").await;
    assert_eq!(site.ledger.accused().len(), 1, "told once");

    let owner = vault::signature::Owner::new(owners()[1].address());
    running.view.pardon(owner, "Ada").await.unwrap();
    running.row_of(hash(1), "executed").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_what_somebody_signed_wrongly_is_told_to_the_replay_again() {
    let site = Site::new().await;
    let (running, grace) = Grace::needed(&site).await;
    grace.say(&site, another(&site, 1)).await;
    until("the replay was told", || async { site.ledger.accused().len() == 1 }).await;
    running.stop().await;
    let running = start(Grace::beside(&site)).await;
    until("and again", || async { site.ledger.accused().len() == 2 }).await;
    running.stop().await;
}
