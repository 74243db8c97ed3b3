//! Sessions of signing.

use ceremony::{AskError, Id, SessionDetail, SessionState};
use vault_bitcoin::bitcoin::{Amount, FeeRate, OutPoint, Transaction, Txid, consensus, hashes::Hash};
use vault_bitcoin::{Coin, Holder, Payment, Vault};

use crate::common::{Member, circle, make_key};

/// Two coins of the key's own address and of an account, paid to somebody.
pub(crate) async fn spend(member: &Member) -> Vec<u8> {
    let key = member.see().await.keys[0].clone();
    let path = member.folder.path().join(format!("ceremonies/key-{}.json", key.key));
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let group = crypto::hexs::decode(record["record"]["group"].as_str().unwrap()).unwrap();
    let vault = Vault::new(threshold::Group::from_bytes(&group).unwrap(), key.network.bitcoin());
    let account = everpay::AccountId::parse("0x00000000000000000000000000000000000000AA").ok();
    let holders = [Some(Holder::Vault), account.map(Holder::Account)];
    let coin = |(at, holder): (u8, Holder)| Coin {
        outpoint: OutPoint { txid: Txid::from_byte_array([at + 1; 32]), vout: 0 },
        value: Amount::from_sat(60_000),
        holder,
    };
    let coins: Vec<Coin> = (0..).zip(holders.into_iter().flatten()).map(coin).collect();
    let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
    let payment = Payment { to, value: Amount::from_sat(70_000) };
    vault.plan(&coins, &[payment], FeeRate::from_sat_per_vb_u32(2)).unwrap().to_bytes().to_vec()
}

/// The first of `signers` asks, they approve, and everybody gets the transaction.
pub(crate) async fn sign(members: &[Member], signers: &[usize]) -> SessionDetail {
    let psbt = spend(&members[signers[0]]).await;
    let group = members[signers[0]].see().await.keys[0].group;
    let asked = members[signers[0]].view().ask_to_sign(group, psbt).await.unwrap();
    for at in signers {
        approve(&members[*at], asked.row.id).await;
    }
    for member in members {
        until(member, asked.row.id, SessionState::Signed).await;
    }
    let detail = members[signers[0]].view().session(asked.row.id).await.unwrap();
    let bytes = crypto::hexs::decode(detail.transaction.as_ref().unwrap()).unwrap();
    let transaction: Transaction = consensus::encode::deserialize(&bytes).unwrap();
    assert_eq!(transaction.compute_txid().to_string(), detail.txid);
    assert!(transaction.input.iter().all(|input| input.witness.len() == 1));
    detail
}

pub(crate) async fn approve(member: &Member, id: Id) {
    member.until("a session", |all| all.sessions.iter().any(|row| row.id == id).then_some(())).await;
    let session = member.view().session(id).await.unwrap();
    member.view().approve(id, session.digest).await.unwrap();
}

pub(crate) async fn until(member: &Member, id: Id, state: SessionState) {
    let is = |all: &ceremony::Overview| all.sessions.iter().any(|row| row.id == id && row.state == state).then_some(());
    member.until(&format!("session {state:?}"), is).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_sign_two_inputs_at_once_and_the_third_sees_the_transaction() {
    let members = circle(3).await;
    make_key(&members, 2).await;
    let signed = sign(&members, &[1, 2]).await;
    assert_eq!((signed.row.inputs, signed.row.approved, signed.row.threshold), (2, 2, 2));
    let states: Vec<&str> = signed.members.iter().map(|member| member.state.as_str()).collect();
    assert_eq!(states, ["spare", "signed", "signed"]);
    assert!(signed.pays.iter().any(|paid| paid.own) && signed.pays.iter().any(|paid| !paid.own));
    assert_eq!(signed.row.amount, 70_000 + signed.fee);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_shown_is_not_approved_and_what_two_decline_is_not_signed() {
    let members = circle(3).await;
    let group = make_key(&members, 2).await;
    let asked = members[0].view().ask_to_sign(group, spend(&members[0]).await).await.unwrap();
    let id = asked.row.id;
    let refused = members[0].view().approve(id, Id([7; 32])).await.unwrap_err();
    assert!(matches!(refused, AskError::Refused { code: "digest", .. }));
    members[0].view().approve(id, asked.digest).await.unwrap();
    for member in &members[1..] {
        until(member, id, SessionState::Asked).await;
        member.view().decline(id).await.unwrap();
    }
    until(&members[0], id, SessionState::Failed).await;
    let failed = members[0].view().session(id).await.unwrap();
    assert_eq!(failed.failure.unwrap().code, "declined");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_that_dies_after_it_approved_is_replaced_by_one_that_approves_later() {
    let mut members = circle(3).await;
    let group = make_key(&members, 2).await;
    let asked = members[0].view().ask_to_sign(group, spend(&members[0]).await).await.unwrap();
    let id = asked.row.id;
    members[1].until("a session", |all| all.sessions.iter().any(|row| row.id == id).then_some(())).await;
    approve(&members[1], id).await;
    members[0].until("an approval", |all| (all.sessions[0].approved == 1).then_some(())).await;
    members[1].stop().await;
    approve(&members[0], id).await;
    approve(&members[2], id).await;
    until(&members[0], id, SessionState::Signed).await;
    until(&members[2], id, SessionState::Signed).await;
}
