//! An owner of the vault who signs another recipient for a burn: the others find out by the signature itself, count that owner
//! no more, and pay without it.

use super::*;
use keystore::{Identity as KeyName, Keystore, Password, ShareName, UNLOCK_MS_MAX};
use vault::burn::{BatchRef, Burn, Lock, Vault};
use vault::payload::Payload;
use vault::signature::SignedPayload;
use watchman::RosterFile;
use watchman::talk::Talk;
use zeroize::Zeroizing;

/// Which of the three it is.
const TRAITOR: usize = 2;

/// The traitor in the watchmen's network, by the identity that the others know: no program of ours signs what it signs.
async fn join(world: &World) -> p2p::Handle {
    let folder = world.path("watchmen");
    let own = folder.join((TRAITOR + 1).to_string());
    let password = std::fs::read_to_string(own.join("password")).unwrap();
    let locked = Keystore::open(&own.join("keystore")).unwrap();
    let now_ms = detector::now_ms();
    let session = locked.unlock(&Password::new(password.trim_end()).unwrap(), now_ms, UNLOCK_MS_MAX).unwrap();
    let share = KeyName::Share(ShareName::new(b"everwatch watchman peer").unwrap());
    let secret: [u8; 32] = session.share(share.id(), now_ms).unwrap().as_slice().try_into().unwrap();
    let roster = RosterFile::parse(&std::fs::read_to_string(folder.join("roster.json")).unwrap()).unwrap();
    let peers = roster.members().into_iter().map(|member| p2p::Peer {
        id: member.peer.parse().unwrap(),
        name: member.name.clone(),
        addresses: member.addresses.iter().map(|address| address.parse().unwrap()).collect(),
    });
    let name = crypto::hexs::encode(&crypto::keccak256(world.network.owner.as_bytes())[..16]);
    let (handle, mut events) = p2p::start(p2p::Config {
        identity: p2p::Identity::from_secret(Zeroizing::new(secret)),
        network: name.parse().unwrap(),
        listen: Vec::new(),
        roster: p2p::Roster::new(peers.collect()).unwrap(),
        topics: ["payouts", "presence"].map(|topic| topic.parse().unwrap()).into(),
        limits: p2p::Limits::default(),
    })
    .await
    .unwrap();
    tokio::spawn(async move { while events.next().await.is_some() {} });
    handle
}

/// A payout of this burn under the number that watchman 0 shows, to `to`, signed by the traitor's key.
async fn signed_by_traitor(world: &World, watchmen: &TestWatchmen, hash: &str, to: &str, amount: u128) -> Vec<u8> {
    let shown = watchmen.tell(0, &["show", hash, "--json"]).await;
    let facts: Value = serde_json::from_str(&shown.out).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"));
    let id: arweave::ArweaveId = facts["signed"]["batch"].as_str().unwrap().parse().unwrap();
    let batch = BatchRef { id: *id.as_bytes(), height: 1, time_ms: 1 };
    let token = &world.network.rules.listed()[1];
    let burn = Burn::new(hash.parse().unwrap(), batch, token, ETHEREUM, to, amount.into()).unwrap();
    let contract = crypto::hexs::decode_array(&world.ethereum().chain.vault).unwrap();
    let lock = Lock::Evm { chain_id: world.network.evm[ETHEREUM].chain_id, contract };
    let payload = Payload::of(&burn, &Vault { chain: ETHEREUM.to_owned(), lock }).unwrap();
    let signature = world.ethereum().owners[TRAITOR].sign_digest(payload.digest().as_bytes());
    Talk::Signed(Box::new(SignedPayload::check(payload, &signature).unwrap())).encode()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_another_recipient_is_excluded_and_the_others_pay() {
    let payer = evm(27);
    let mut world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::new(&world, AUTO).await;
    watchmen.start(0).await;
    let traitor = join(&world).await;
    let (to, thief, later) = (account(87), account(88), account(89));
    let first = burn(&mut world, Asset::Coin, &payer, &to, ETH / 4).await;
    // Watchman 0 has signed and nobody else has: the traitor's word for another recipient must not be the second.
    reaches(&watchmen, 0, &first, "signed").await;
    let forged = signed_by_traitor(&world, &watchmen, &first, &thief, ETH / 4).await;
    tell(&traitor, &world, 0, &forged).await;
    accuses(&watchmen, 0).await;
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().paid().await, Vec::<String>::new(), "a forged signature counted");
    watchmen.start(1).await;
    receives(&world, Asset::Coin, &to, ETH / 4).await;

    // Of the next burn it signs what is right, and counts no more: not before another has signed is it paid.
    watchmen.kill(1).await;
    let second = burn(&mut world, Asset::Coin, &payer, &later, ETH / 4).await;
    reaches(&watchmen, 0, &second, "signed").await;
    let right = signed_by_traitor(&world, &watchmen, &second, &later, ETH / 4).await;
    tell(&traitor, &world, 0, &right).await;
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().paid().await, std::slice::from_ref(&first), "who is accused counted");
    watchmen.start(1).await;
    receives(&world, Asset::Coin, &later, ETH / 4).await;
    check_paid(&world, &[first, second]).await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &thief).await, 0);
}

/// Sends it to one of the others as soon as both are connected.
async fn tell(traitor: &p2p::Handle, world: &World, index: usize, bytes: &[u8]) {
    let roster = std::fs::read_to_string(world.path("watchmen/roster.json")).unwrap();
    let id = RosterFile::parse(&roster).unwrap().members().remove(index).peer.parse().unwrap();
    eventually(PATIENCE, "the traitor is heard", || async { traitor.send(id, bytes.to_vec()).await.ok() }).await;
}

/// Waits until one says that the traitor is accused.
async fn accuses(watchmen: &TestWatchmen, index: usize) {
    let name = watchmen.address(TRAITOR);
    eventually(PATIENCE, "the traitor is accused", || async {
        let status = watchmen.status(index).await;
        let peers = status["peers"].as_array()?.clone();
        let traitor = peers.into_iter().find(|peer| peer["owner"].as_str().is_some_and(|owner| owner == name))?;
        (traitor["accused"] == true).then_some(())
    })
    .await;
}
