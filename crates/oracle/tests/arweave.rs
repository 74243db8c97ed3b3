//! Deposits on a real gateway (arlocal), judged one by one and by several gateways together.

#![allow(clippy::unwrap_used, reason = "tests")]

use arweave::{ArweaveId, Gateway, Limits, Transaction as ArweaveTx, Wallet, Winston};
use crypto::secp::EvmKey;
use devnet::{Arlocal, arlocal_program, counterparts};
use everpay::{AccountId, Checked, Checker, Rules, Tokens, Transaction, ar_token, sign_evm};
use oracle::{
    ArweaveDeposits, CheckPoint, Fault, MintFinding, NotCheckable, Oracle, RefutedWhy, SourceChain, Standing,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const QUANTITY: u128 = 5_000_000_000_000;
const NEEDED: u64 = 3;

struct Place {
    _folder: tempfile::TempDir,
    arlocal: Arlocal,
    gateway: Gateway,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../counterparts");
        let counterparts = counterparts(Some(programs)).unwrap();
        let arlocal = Arlocal::start(&arlocal_program(&counterparts, folder.path(), 0, None)).await.unwrap();
        let gateway = Gateway::new(&arlocal.url(), Limits { retries: 0, ..Limits::default() }).unwrap();
        let place = Self { _folder: folder, arlocal, gateway };
        place.mine(1).await;
        place
    }

    async fn mine(&self, blocks: u64) -> u64 {
        for _ in 0..blocks {
            self.arlocal.control().mine().await.unwrap();
        }
        self.gateway.info().await.unwrap().height
    }

    async fn send(&self, from: &Wallet, to: &Wallet, quantity: u128) -> ArweaveTx {
        self.arlocal.control().mint(&from.address().to_string(), 1_000_000_000_000_000).await.unwrap();
        let mut tx = ArweaveTx::transfer(to.address(), Winston(quantity));
        tx.reward = self.gateway.price(0, Some(&to.address())).await.unwrap();
        tx.last_tx = self.gateway.anchor().await.unwrap();
        tx.sign(from);
        self.gateway.post(&tx).await.unwrap();
        tx
    }
}

fn rules(locker: &Wallet) -> Rules {
    Rules {
        owner: locker.address().to_string(),
        eth_chain_id: "1".to_owned(),
        fee_recipient: AccountId::ZERO,
        lockers: BTreeMap::from([("arweave".to_owned(), locker.address().to_string())]),
        tokens: Tokens::Listed(vec![ar_token()]),
    }
}

/// A mint by a stranger, as anybody may post it.
fn mint(deposit: &str, to: &Wallet, amount: u128) -> Checked {
    let key = EvmKey::from_bytes(&[9; 32]).unwrap();
    let ar = ar_token();
    let mut tx = Transaction {
        token_symbol: ar.symbol,
        action: "mint".to_owned(),
        from: crypto::eip55(&key.address()),
        to: to.address().to_string(),
        amount: amount.to_string(),
        fee: "0".to_owned(),
        fee_recipient: String::new(),
        nonce: "1".to_owned(),
        token_id: ar.id,
        chain_type: ar.chain_type,
        chain_id: ar.chain_id,
        data: format!(r#"{{"id":"{deposit}","targetChainType":"arweave"}}"#),
        version: "v1".to_owned(),
        sig: String::new(),
    };
    sign_evm(&mut tx, &key);
    Checker::new().check(tx, true).unwrap()
}

/// As of a batch in the block at `height`; its time is no clock of Arweave's deposits.
const fn at_height(height: u64) -> CheckPoint {
    CheckPoint::AtBatch { height, time_ms: 0 }
}

/// `verified`, the reason of a refutation, or `not checkable`.
async fn verdict(judge: &dyn SourceChain, mint: &Checked, at: CheckPoint) -> &'static str {
    match judge.check(mint, at).await.unwrap() {
        MintFinding::Verified { .. } => "verified",
        MintFinding::Refuted { reason, .. } => reason.code(),
        MintFinding::NotCheckable { .. } => "not checkable",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_what_mints_say_or_not() {
    let place = Place::new().await;
    let (sender, locker) = (Wallet::generate(2048).unwrap(), Wallet::generate(2048).unwrap());
    let judge = ArweaveDeposits::new(vec![place.gateway.clone()], 1, NEEDED, rules(&locker));
    let good = place.send(&sender, &locker, QUANTITY).await;
    let astray = place.send(&sender, &Wallet::generate(2048).unwrap(), QUANTITY).await;
    let claim = mint(&good.id.to_string(), &sender, QUANTITY);
    assert_eq!(verdict(&judge, &claim, CheckPoint::Now).await, "tooFewConfirmations", "not mined yet");
    let height = place.mine(1).await;
    for expected in ["tooFewConfirmations", "tooFewConfirmations", "verified", "verified"] {
        assert_eq!(verdict(&judge, &claim, CheckPoint::Now).await, expected);
        place.mine(1).await;
    }
    // The same questions as of a height get the same answers, however long ago it is.
    for _ in 0..2 {
        for (at, expected) in
            [(height - 1, "tooFewConfirmations"), (height + 2, "tooFewConfirmations"), (height + 3, "verified")]
        {
            assert_eq!(verdict(&judge, &claim, at_height(at)).await, expected, "{at}");
        }
        place.mine(2).await;
    }
    let unknown = ArweaveId::from_bytes([7; 32]).to_string();
    let other_case = good.id.to_string().to_lowercase();
    for (claim, expected) in [
        (mint(&good.id.to_string(), &sender, QUANTITY + 1), "wrongAmount"),
        (mint(&good.id.to_string(), &sender, QUANTITY - 1), "wrongAmount"),
        (mint(&good.id.to_string(), &locker, QUANTITY), "wrongSender"),
        (mint(&astray.id.to_string(), &sender, QUANTITY), "wrongTarget"),
        (mint(&unknown, &sender, QUANTITY), "notFound"),
        (mint(&other_case, &sender, QUANTITY), "notFound"),
        (mint("not an id", &sender, QUANTITY), "notFound"),
        (mint("../../info", &sender, QUANTITY), "notFound"),
    ] {
        assert_eq!(verdict(&judge, &claim, CheckPoint::Now).await, expected, "{:?}", claim.fingerprint);
    }
    let MintFinding::Verified { evidence } = judge.check(&claim, at_height(height + 5)).await.unwrap() else {
        panic!("verified before");
    };
    assert_eq!(
        (evidence.height, evidence.confirmations_had, evidence.confirmations_needed),
        (Some(height), Some(5), NEEDED)
    );
    assert_eq!(evidence.sender, Some(sender.address().to_string()));
    assert_eq!(evidence.target, evidence.locker);
    assert_eq!((evidence.quantity, evidence.worth), (Some(QUANTITY.to_string()), Some(QUANTITY.to_string())));
    assert_eq!(evidence.sources, [place.gateway.url().to_string()]);
    // What was not yet there then cannot be told.
    let far = judge.check(&claim, at_height(1_000_000)).await;
    assert!(matches!(far, Err(Fault::Unavailable { answered: 0, .. })), "{far:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_gateways_must_agree() {
    let (place, ignorant) = (Place::new().await, Place::new().await);
    ignorant.mine(20).await;
    let (sender, locker) = (Wallet::generate(2048).unwrap(), Wallet::generate(2048).unwrap());
    let deposit = place.send(&sender, &locker, QUANTITY).await;
    let height = place.mine(1).await;
    place.mine(NEEDED).await;
    let claim = mint(&deposit.id.to_string(), &sender, QUANTITY);
    let silent = Gateway::new("http://127.0.0.1:9", Limits { retries: 0, ..Limits::default() }).unwrap();
    let judge = |gateways: Vec<Gateway>, agree| ArweaveDeposits::new(gateways, agree, NEEDED, rules(&locker));
    let at = at_height(height + NEEDED);

    let knows = || place.gateway.clone();
    let lacks = || ignorant.gateway.clone();
    assert_eq!(verdict(&judge(vec![knows(), knows(), lacks()], 2), &claim, at).await, "verified");
    assert_eq!(verdict(&judge(vec![knows(), lacks(), lacks()], 2), &claim, at).await, "notFound");
    assert_eq!(verdict(&judge(vec![silent.clone(), knows(), knows()], 2), &claim, at).await, "verified");
    let torn = judge(vec![knows(), lacks()], 2).check(&claim, at).await;
    assert!(matches!(torn, Err(Fault::Disagreement { .. })), "{torn:?}");
    let torn = judge(vec![knows(), lacks()], 1).check(&claim, at).await;
    assert!(matches!(torn, Err(Fault::Disagreement { .. })), "either would do, but not both: {torn:?}");
    // One that does not answer never counts as one that says no.
    for gateways in [vec![silent.clone()], vec![silent.clone(), knows()]] {
        let needed = gateways.len();
        let fault = judge(gateways, needed).check(&claim, at).await;
        assert!(matches!(fault, Err(Fault::Unavailable { .. })), "{fault:?}");
    }
}

#[tokio::test]
async fn what_nobody_can_check_is_said_to_be_so() {
    let (sender, locker) = (Wallet::generate(2048).unwrap(), Wallet::generate(2048).unwrap());
    let claim = mint(&ArweaveId::from_bytes([1; 32]).to_string(), &sender, 1);
    let silent = || vec![Gateway::new("http://127.0.0.1:9", Limits::default()).unwrap()];
    let why = async |oracle: &Oracle| match oracle.check(&claim, CheckPoint::Now).await.unwrap() {
        MintFinding::NotCheckable { why } => why,
        other => panic!("{other:?}"),
    };
    let by = |rules| Oracle::new().with("arweave", Arc::new(ArweaveDeposits::new(silent(), 1, 3, rules)));
    assert_eq!(why(&Oracle::new()).await, NotCheckable::NoSource);
    let open = Rules { tokens: Tokens::Open, ..rules(&locker) };
    assert_eq!(why(&by(open)).await, NotCheckable::UnknownToken);
    let mut other_token = ar_token();
    other_token.targets.get_mut("arweave").unwrap().token_id = ArweaveId::from_bytes([2; 32]).to_string();
    let with_token = Rules { tokens: Tokens::Listed(vec![other_token]), ..rules(&locker) };
    let oracle = by(with_token);
    assert_eq!(why(&oracle).await, NotCheckable::TokenKind);
    assert_eq!(oracle.chains().collect::<Vec<_>>(), ["arweave"]);
    assert_eq!(RefutedWhy::NotFound.code(), "notFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_locker_holds_what_was_sent_and_old_deposits_stand() {
    let (place, ignorant) = (Place::new().await, Place::new().await);
    let (sender, locker) = (Wallet::generate(2048).unwrap(), Wallet::generate(2048).unwrap());
    let judge = |gateways: Vec<Gateway>, agree| ArweaveDeposits::new(gateways, agree, NEEDED, rules(&locker));
    let alone = judge(vec![place.gateway.clone()], 1);
    let deposit = place.send(&sender, &locker, QUANTITY).await;
    place.send(&sender, &locker, 7).await;
    let height = place.mine(1).await;
    let reserves = alone.reserves(&[]).await.unwrap();
    assert_eq!(reserves.tokens, [("A".repeat(43), (QUANTITY + 7).to_string().parse().unwrap())]);
    assert_eq!((reserves.height, reserves.paid.len()), (height, 0));
    assert!(reserves.time_ms > 1_600_000_000_000 && !reserves.block.is_empty());
    let torn = judge(vec![place.gateway.clone(), ignorant.gateway.clone()], 2).reserves(&[]).await;
    assert!(matches!(torn, Err(Fault::Disagreement { .. })), "{torn:?}");

    place.mine(NEEDED).await;
    let claim = mint(&deposit.id.to_string(), &sender, QUANTITY);
    let Ok(MintFinding::Verified { evidence }) = alone.check(&claim, CheckPoint::Now).await else { panic!("verified") };
    assert_eq!(alone.standing(&evidence).await.unwrap(), Standing::Stands);
    // A chain without the deposit that is not as high yet says nothing about it; one that is says that it is gone.
    let other = judge(vec![ignorant.gateway.clone()], 1);
    let behind = other.standing(&evidence).await;
    assert!(matches!(behind, Err(Fault::Unavailable { .. })), "{behind:?}");
    let tip = ignorant.mine(height).await;
    assert_eq!(other.standing(&evidence).await.unwrap(), Standing::Undone { tip });
    place.mine(64).await;
    assert_eq!(alone.standing(&evidence).await.unwrap(), Standing::Final);
}
