#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::burn::BatchRef;
use everpay::{EverHash, ar_token, eth_token};
use proptest::prelude::*;

const VAULT: [u8; 20] = [0x22; 20];

fn vault() -> Vault {
    Vault { chain: "ethereum".to_owned(), lock: Lock::Evm { chain_id: 5, contract: VAULT } }
}

fn burn(to: [u8; 20], amount: u64) -> Burn {
    let batch = BatchRef { id: [3; 32], height: 1, time_ms: 0 };
    let to = AccountId::Evm(to).to_string();
    Burn::new(EverHash::new([4; 32]), batch, &eth_token(), "ethereum", &to, Amount::from(amount)).unwrap()
}

#[test]
fn the_reference_vector_of_a_withdrawal_is_built_and_read_back() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/everpay/contract.json");
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let vector = file["vectors"].as_array().unwrap().iter().find(|one| one["id"] == "txhash-eth-withdraw").unwrap();
    let text = |name: &str| vector[name].as_str().unwrap();
    let id = crypto::b64::decode(text("proposalArId")).unwrap().try_into().unwrap();
    let batch = BatchRef { id, height: 1, time_ms: 0 };
    let amount = text("value").parse().unwrap();
    let burn =
        Burn::new(text("everHash").parse().unwrap(), batch, &eth_token(), "ethereum", text("to"), amount).unwrap();
    let contract = crypto::hexs::decode_array(text("contract")).unwrap();
    let vault = Vault { chain: "ethereum".to_owned(), lock: Lock::Evm { chain_id: 5, contract } };
    let payload = Payload::of(&burn, &vault).unwrap();
    let Payload::Evm(evm) = &payload;
    assert_eq!(evm.proposal().proposal_id.to_string(), text("proposalID"));
    assert_eq!(crypto::hexs::encode0x(&payload.id()), vector["expect"]["txHash"].as_str().unwrap());
    assert_eq!(payload.id(), crypto::keccak256(&payload.bytes()));
    assert_eq!(payload.reading().to, evm_address(text("to")).unwrap());
}

#[test]
fn a_bridged_arweave_token_is_minted_and_another_token_is_moved() {
    let token_of = |burn: &Burn| Payload::of(burn, &vault()).unwrap().reading().call;
    let mut ar = burn([1; 20], 5);
    (ar.tag, ar.token_id) = (ar_token().tag(), ar_token().targets["ethereum"].token_id.clone());
    assert_eq!(token_of(&ar), Call::Mint { token: evm_address(&ar.token_id).unwrap() });
    let mut usdt = burn([1; 20], 5);
    usdt.token_id = AccountId::Evm([8; 20]).to_string();
    assert_eq!(token_of(&usdt), Call::Transfer { token: [8; 20] });
    assert_eq!(token_of(&burn([1; 20], 5)), Call::Coin);
}

#[test]
fn what_cannot_be_paid_is_refused_by_name() {
    let with = |change: &dyn Fn(&mut Burn)| {
        let mut burn = burn([1; 20], 5);
        change(&mut burn);
        Payload::of(&burn, &vault()).unwrap_err()
    };
    let text = AccountId::Evm(VAULT).to_string();
    assert_eq!(with(&|burn| burn.chain = "bsc".to_owned()), Unpayable::OtherChain("bsc".to_owned()));
    assert_eq!(with(&|burn| burn.target_amount = Amount::ZERO), Unpayable::Nothing);
    assert_eq!(with(&|burn| burn.to = "0x1".to_owned()), Unpayable::Recipient("0x1".to_owned()));
    assert_eq!(with(&|burn| burn.to = AccountId::ZERO.to_string()), Unpayable::ZeroRecipient);
    assert_eq!(with(&|burn| burn.to.clone_from(&text)), Unpayable::ToVault);
    assert_eq!(with(&|burn| burn.token_id.clone_from(&text)), Unpayable::ToVault);
    assert_eq!(with(&|burn| burn.token_id = "AR".to_owned()), Unpayable::Token("AR".to_owned()));
}

#[test]
fn a_reading_names_the_field_that_is_not_the_burns() {
    let reading = Payload::of(&burn([1; 20], 5), &vault()).unwrap().reading();
    let differs = |change: &dyn Fn(&mut Burn)| {
        let mut burn = burn([1; 20], 5);
        change(&mut burn);
        reading.differs(&burn, &vault())
    };
    assert_eq!(differs(&|_| ()), None);
    assert_eq!(differs(&|burn| burn.batch.id = [9; 32]), Some(Field::Batch));
    assert_eq!(differs(&|burn| burn.ever_hash = EverHash::new([9; 32])), Some(Field::EverHash));
    assert_eq!(differs(&|burn| burn.token_id = AccountId::Evm([9; 20]).to_string()), Some(Field::Token));
    assert_eq!(differs(&|burn| burn.to = AccountId::Evm([9; 20]).to_string()), Some(Field::To));
    assert_eq!(differs(&|burn| burn.target_amount = Amount::from(6_u64)), Some(Field::Amount));
    let other = |lock| Vault { lock, ..vault() };
    assert_eq!(
        reading.differs(&burn([1; 20], 5), &other(Lock::Evm { chain_id: 6, contract: VAULT })),
        Some(Field::Chain)
    );
    assert_eq!(
        reading.differs(&burn([1; 20], 5), &other(Lock::Evm { chain_id: 5, contract: [1; 20] })),
        Some(Field::Vault)
    );
}

#[test]
fn bytes_of_any_other_length_or_call_are_no_payout() {
    let mut token = burn([1; 20], 5);
    token.token_id = AccountId::Evm([8; 20]).to_string();
    let good = Payload::of(&token, &vault()).unwrap().bytes();
    for length in 0..good.len() {
        let read = Payload::read(&good[..length]);
        assert_eq!(read.is_ok(), length == read::FIXED_LEN, "{length}");
    }
    assert_eq!(Payload::read(&[&good[..], &[0]].concat()), Err(ReadError::Length(237)));
    let with = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        Payload::read(&bytes).err()
    };
    assert_eq!(with(read::FIXED_LEN), Some(ReadError::Function));
    assert_eq!(with(read::FIXED_LEN + 4), Some(ReadError::Padding));
    assert_eq!(with(read::FIXED_LEN - 1), Some(ReadError::CoinsWithCall));
    assert_eq!(with(0), None);
}

proptest! {
    #[test]
    fn what_is_built_reads_back_as_the_burn(to in any::<[u8; 20]>(), token in proptest::option::of(any::<[u8; 20]>()), amount in 1_u64.., batch in any::<[u8; 32]>()) {
        prop_assume!(to != VAULT && to != [0; 20]);
        let mut burn = burn(to, amount);
        burn.batch.id = batch;
        burn.token_id = AccountId::Evm(token.unwrap_or_default()).to_string();
        let payload = Payload::of(&burn, &vault()).unwrap();
        prop_assert_eq!(payload.reading().differs(&burn, &vault()), None);
        prop_assert_eq!(Payload::try_from(payload.bytes()), Ok(payload));
    }

    #[test]
    fn any_bytes_that_read_are_the_bytes_of_what_they_read_as(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(payload) = Payload::try_from(bytes.clone()) {
            prop_assert_eq!(payload.bytes(), bytes);
        }
    }
}
