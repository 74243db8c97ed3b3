//! A spend from coins to a complete transaction: planned, passed round, signed in one ceremony, checked by libsecp256k1.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../threshold/tests/common/mod.rs"]
mod common;
#[path = "../../threshold/tests/common/signing.rs"]
mod signing;
mod support;

use bitcoin::{Address, Amount, Network};
use common::parties;
use proptest::prelude::*;
use signing::Session;
use support::{ALICE, BOB, account, coin, coins, payment, rate, request, vault};
use vault_bitcoin::{Coin, Holder, MAX_INPUTS, NotSigned, PlanError, SpendError, SpendRequest, Vault};

/// Two of three members sign all inputs in one ceremony.
fn sign(seed: u64, request: &SpendRequest) -> Vec<[u8; 64]> {
    let (shares, _) = vault(seed);
    let mut session = Session::new(&shares, &parties([1, 3]), request.items(), 9);
    session.run();
    session.outcome.unwrap().unwrap().signatures
}

#[test]
fn one_ceremony_signs_all_inputs_and_the_transaction_is_the_one_that_was_shown() {
    let (_, vault) = vault(1);
    let request = request(&vault);
    let signed = request.finalise(&sign(1, &request)).unwrap();
    let shown = request.describe();
    assert_eq!(signed.compute_txid(), shown.txid);
    assert_eq!(signed.vsize() as u64, shown.vsize);
    assert!(signed.input.iter().all(|input| input.witness.len() == 1 && input.witness[0].len() == 64));
    let fee = shown.inputs.iter().map(|spent| spent.value).sum::<Amount>()
        - signed.output.iter().map(|output| output.value).sum::<Amount>();
    assert_eq!((fee, shown.fee), (rate(2).fee_vb(shown.vsize).unwrap(), fee));
    assert_eq!(shown.leaving(), Amount::from_sat(100_000));
}

#[test]
fn a_signature_with_any_bit_flipped_or_of_another_input_completes_nothing() {
    let (_, vault) = vault(1);
    let request = request(&vault);
    let signatures = sign(1, &request);
    for bit in 0..512 {
        let mut flipped = signatures.clone();
        flipped[1][bit / 8] ^= 0x80 >> (bit % 8);
        assert!(matches!(request.finalise(&flipped), Err(NotSigned::Signature { input: 1, .. })), "bit {bit}");
    }
    let mut swapped = signatures.clone();
    swapped.swap(0, 2);
    assert!(matches!(request.finalise(&swapped), Err(NotSigned::Signature { input: 0, .. })));
    let few = request.finalise(&signatures[..2]).unwrap_err();
    assert_eq!(few, NotSigned::Count { signatures: 2, inputs: 3 });
    let other = vault.plan(&coins(), &[payment(100_001)], rate(2)).unwrap();
    assert!(other.finalise(&signatures).is_err(), "of another spend");
}

#[test]
fn the_order_of_coins_and_payments_does_not_matter() {
    let (_, vault) = vault(1);
    let (mut coins, mut payments) = (coins(), [payment(40_000), payment(60_000)]);
    let planned = vault.plan(&coins, &payments, rate(2)).unwrap();
    coins.reverse();
    payments.reverse();
    assert_eq!(vault.plan(&coins, &payments, rate(2)).unwrap().to_bytes(), planned.to_bytes());
    let txids: Vec<_> = planned.coins().map(|coin| coin.outpoint.vout).collect();
    assert_eq!(txids, [1, 2, 3], "by transaction id");
}

#[test]
fn the_words_and_the_digest_are_of_the_network_too() {
    let (_, vault) = vault(1);
    let coins = coins();
    let on = |network| {
        let vault = Vault::new(vault.group().clone(), network);
        let to = vault.place(account(BOB)).unwrap().address(network).into_unchecked();
        vault.sweep(&coins, &to, rate(2)).unwrap()
    };
    let (signet, testnet) = (on(Network::Signet), on(Network::Testnet));
    assert_eq!(signet.to_bytes(), testnet.to_bytes());
    assert_ne!(signet.digest(), testnet.digest());
    assert_ne!(signet.check_words(), testnet.check_words());
}

#[test]
fn people_read_who_is_paid_from_which_accounts_and_what_comes_back() {
    let (_, vault) = vault(1);
    let text = request(&vault).describe().to_string();
    let own = vault.place(Holder::Vault).unwrap().address(Network::Regtest).to_string();
    for part in [ALICE, BOB, "0.00100000 BTC to bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "2.0 sat/vB", &own] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert_eq!(text.matches("(back to the vault)").count(), 1);
}

#[test]
fn what_is_over_comes_back_unless_it_is_dust() {
    let (_, vault) = vault(1);
    let coins = [coin(1, 100_000, account(ALICE))];
    // 111 vB and 43 for the output that comes back; 330 sat is the least that a Taproot output may hold.
    let fee = |outputs: usize| if outputs == 1 { 99 } else { 142 };
    for (over, outputs) in [(329, 1), (330, 2)] {
        let spend = vault.plan(&coins, &[payment(100_000 - fee(2) - over)], rate(1)).unwrap();
        assert_eq!((spend.transaction().output.len(), spend.vsize()), (outputs, fee(outputs)), "{over} over");
    }
    assert!(vault.plan(&coins, &[payment(100_000 - fee(1))], rate(1)).is_ok());
    let error = vault.plan(&coins, &[payment(100_001 - fee(1))], rate(1)).unwrap_err();
    let [have, need] = [100_000, 100_001].map(Amount::from_sat);
    assert_eq!(error, PlanError::Rule(SpendError::NotEnough { have, need }));
}

#[test]
fn a_move_of_all_funds_leaves_one_output_and_no_change() {
    let (_, vault) = vault(1);
    let (_, new) = support::vault(2);
    let to = new.place(Holder::Vault).unwrap().address(Network::Regtest);
    let spend = vault.sweep(&coins(), to.as_unchecked(), rate(3)).unwrap();
    let shown = spend.describe();
    assert_eq!((shown.outputs.len(), &shown.outputs[0].address, shown.outputs[0].back), (1, &to, false));
    assert_eq!(shown.leaving() + shown.fee, Amount::from_sat(150_000));
    assert!(spend.finalise(&sign(1, &spend)).is_ok());
}

#[test]
fn what_breaks_a_rule_is_not_planned() {
    let (_, vault) = vault(1);
    let many = |count: u8| -> Vec<Coin> { (0..count).map(|n| coin(n, 10_000, account(ALICE))).collect() };
    let plan = |coins: &[Coin], sat, sat_per_vb| vault.plan(coins, &[payment(sat)], rate(sat_per_vb));
    let broken = |coins: &[Coin], sat| match plan(coins, sat, 1).unwrap_err() {
        PlanError::Rule(rule) => rule,
        other => panic!("{other}"),
    };
    assert!(plan(&many(64), 500_000, 1).is_ok());
    assert_eq!(MAX_INPUTS, 64);
    assert_eq!(broken(&many(65), 500_000), SpendError::Inputs(65));
    assert!(matches!(broken(&[], 1_000), SpendError::NotEnough { .. }));
    assert!(matches!(broken(&many(1), 293), SpendError::Dust { output: 0, .. }));
    assert!(plan(&many(1), 294, 1).is_ok());
    let twice = [many(1), many(1)].concat();
    assert_eq!(broken(&twice, 5_000), SpendError::Repeated(twice[0].outpoint));
    let all = [coin(1, Amount::MAX_MONEY.to_sat(), Holder::Vault), coin(2, 1, Holder::Vault)];
    assert_eq!(broken(&all, 5_000), SpendError::Amounts);
    assert!(matches!(plan(&many(1), 5_000, 0), Err(PlanError::Rate(_))));
    assert!(matches!(plan(&many(1), 5_000, 1_001), Err(PlanError::Rate(_))));
    let mut elsewhere = payment(5_000);
    elsewhere.to = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4".parse::<Address<_>>().unwrap();
    assert!(matches!(vault.plan(&many(1), &[elsewhere], rate(1)), Err(PlanError::Network(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn no_satoshi_is_lost_and_the_fee_is_what_was_asked_for(
        coins in prop::collection::vec(1_000u64..10_000_000, 1..20),
        payments in prop::collection::vec(1_000u64..1_000_000, 1..10),
        sat_per_vb in 1u64..200,
    ) {
        thread_local!(static VAULT: Vault = vault(1).1);
        let holders = [Holder::Vault, account(ALICE), account(BOB)];
        let coins: Vec<_> = (0u8..).zip(&coins).map(|(n, sat)| coin(n, *sat, holders[usize::from(n) % 3])).collect();
        let payments: Vec<_> = payments.iter().map(|sat| payment(*sat)).collect();
        let have: Amount = coins.iter().map(|coin| coin.value).sum();
        match VAULT.with(|vault| vault.plan(&coins, &payments, rate(sat_per_vb))) {
            Ok(spend) => {
                let paid: Amount = spend.transaction().output.iter().map(|output| output.value).sum();
                prop_assert_eq!(paid + spend.fee(), have);
                let asked = rate(sat_per_vb).fee_vb(spend.vsize()).unwrap();
                // What was too little to come back, and the bytes of its output.
                let most = asked + Amount::from_sat(330 + 43 * sat_per_vb);
                prop_assert!((asked..most).contains(&spend.fee()), "{} for {}", spend.fee(), asked);
                let read = VAULT.with(|vault| SpendRequest::from_bytes(vault, spend.to_bytes())).unwrap();
                prop_assert_eq!(read, spend);
            }
            Err(PlanError::Rule(SpendError::NotEnough { need, .. })) => prop_assert!(need > have),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
