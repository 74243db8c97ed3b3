//! Conformance (d) of section 14 and the rules of section 7 on sequences of messages.
#![allow(clippy::unwrap_used, reason = "tests")]

use even::ids::{Address, BundleHash, MessageId, NodeId};
use even::ledger::{Applied, Broken, Context, Effect, Ledger, Offer, PaidOffer, Payment, Pending, Rule};
use even::units::{Amount, SUPPLY, Time};
use proptest::collection::vec;
use proptest::prelude::*;

fn address(at: u8) -> Address {
    Address([at; 32])
}

fn units(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

fn payment(to: u8, amount: u64) -> Payment {
    Payment { to: address(to), amount: units(amount), stake: None }
}

fn effect(name: u8, inputs: &[(u8, u64)], outputs: &[(u8, u64)]) -> Effect {
    let inputs = inputs.iter().map(|(from, amount)| (address(*from), units(*amount))).collect();
    let outputs = outputs.iter().map(|(to, amount)| payment(*to, *amount)).collect();
    Effect { bundle: BundleHash([name; 32]), inputs, outputs }
}

fn genesis(outputs: &[(u8, u64)]) -> Ledger {
    Ledger::genesis(&effect(0, &[], outputs)).unwrap()
}

const ACTIVE: Context<'_> =
    Context { parents: &[], branches: &[], knows: &|_| true, is_passive: false, tickets: &[], time: Time(0) };

fn rule(ledger: &Ledger, pending: &Pending, effect: &Effect) -> Option<Rule> {
    ledger.check(effect, pending, &ACTIVE).err()
}

#[test]
fn l01_a_message_waits_for_its_parents() {
    let parents = [MessageId([1; 32])];
    let context = Context { parents: &parents, knows: &|_| false, ..ACTIVE };
    let refused = genesis(&[(1, 5)]).check(&effect(1, &[(1, 9)], &[(2, 9)]), &Pending::default(), &context);
    assert_eq!(refused, Err(Rule::L01), "before every other rule");
}

#[test]
fn l02_a_reattached_payment_takes_effect_once() {
    let (mut ledger, pay) = (genesis(&[(1, 5)]), effect(1, &[(1, 5)], &[(2, 5)]));
    assert_eq!(ledger.apply(&pay), Ok(Applied::Effect));
    assert_eq!(ledger.apply(&pay), Ok(Applied::Again));
    assert_eq!(rule(&ledger, &Pending::default(), &pay), Some(Rule::L02));
    assert_eq!(ledger.balance(&address(2)), units(5));
}

#[test]
fn l03_an_address_is_spent_from_once_also_while_the_first_time_is_pending() {
    let ledger = genesis(&[(1, 5)]);
    let (one, other) = (effect(1, &[(1, 2)], &[(2, 2)]), effect(2, &[(1, 3)], &[(3, 3)]));
    let mut pending = Pending::default();
    pending.add(&one);
    assert_eq!(rule(&ledger, &pending, &other), Some(Rule::L03));
    pending.remove(&one.bundle);
    assert_eq!(rule(&ledger, &pending, &other), None);
    let mut after = ledger;
    after.apply(&one).unwrap();
    assert_eq!(rule(&after, &pending, &other), Some(Rule::L03));
    assert_eq!(after.apply(&other), Err(Broken::SpentTwice(address(1))));
    assert_eq!(after.stranded(&address(1)), units(3));
}

#[test]
fn l04_what_is_pending_can_be_spent_and_no_more() {
    let ledger = genesis(&[(1, 5)]);
    let mut pending = Pending::default();
    pending.add(&effect(1, &[(1, 5)], &[(2, 5)]));
    assert_eq!(rule(&ledger, &pending, &effect(2, &[(2, 5)], &[(3, 5)])), None);
    assert_eq!(rule(&ledger, &pending, &effect(2, &[(2, 6)], &[(3, 6)])), Some(Rule::L04));
}

#[test]
fn l05_a_payment_to_a_closed_address_is_not_stamped_and_is_stranded_when_it_is_final() {
    let mut ledger = genesis(&[(1, 5), (2, 7)]);
    ledger.apply(&effect(1, &[(1, 5)], &[(3, 5)])).unwrap();
    let late = effect(2, &[(2, 7)], &[(1, 7)]);
    assert_eq!(rule(&ledger, &Pending::default(), &late), Some(Rule::L05));
    ledger.apply(&late).unwrap();
    assert_eq!((ledger.balance(&address(1)), ledger.stranded(&address(1))), (Amount::ZERO, units(7)));
}

#[test]
fn l06_l07_l08_a_passive_issuer_uses_heads_of_paid_tickets_alone() {
    let ledger = genesis(&[(1, 5)]);
    let head = MessageId([9; 32]);
    let ticket = |fee, expiry| {
        let offer = Offer { heads: vec![head], fee: units(fee), address: address(7), expiry: Time(expiry) };
        PaidOffer { offer, paid: vec![payment(7, 1)] }
    };
    let check = |tickets: &[PaidOffer], branches: &[MessageId]| {
        let context = Context { branches, tickets, is_passive: true, time: Time(10), ..ACTIVE };
        ledger.check(&effect(1, &[(1, 5)], &[(7, 1), (2, 4)]), &Pending::default(), &context).err()
    };
    assert_eq!(check(&[], &[head]), Some(Rule::L06));
    assert_eq!(check(&[ticket(1, 10)], &[head]), None);
    assert_eq!(check(&[ticket(1, 9)], &[head]), Some(Rule::L07));
    assert_eq!(check(&[ticket(2, 10)], &[head]), Some(Rule::L08));
    assert_eq!(check(&[ticket(2, 9)], &[]), Some(Rule::L07), "L07 before L08");
    assert_eq!(check(&[ticket(1, 10)], &[head, MessageId([8; 32])]), Some(Rule::L06));
}

#[test]
fn rule_4_8_stake_counts_for_its_node_until_it_is_spent() {
    let node = NodeId([4; 32]);
    let staked = Payment { stake: Some(node), ..payment(2, 3) };
    let mut ledger = genesis(&[(1, 5)]);
    let stake = Effect { outputs: vec![staked, payment(3, 2)], ..effect(1, &[(1, 5)], &[]) };
    ledger.apply(&stake).unwrap();
    assert_eq!(ledger.stakes().get(&node), Some(&units(3)));
    ledger.apply(&effect(2, &[(2, 3)], &[(5, 3)])).unwrap();
    assert!(ledger.stakes().is_empty());
}

#[test]
fn rule_7_4_only_payments_from_a_common_address_conflict() {
    let one = effect(1, &[(1, 5)], &[(2, 5)]);
    assert!(one.conflicts(&effect(2, &[(9, 1), (1, 5)], &[(3, 6)])));
    assert!(!one.conflicts(&effect(1, &[(1, 5)], &[(2, 5)])), "the same payment again");
    assert!(!one.conflicts(&effect(2, &[(2, 5)], &[(1, 5)])));
    assert!(!effect(3, &[], &[]).conflicts(&effect(4, &[], &[])), "data never conflicts");
}

/// A payment of all that `from` holds, in two parts.
fn sweep(ledger: &Ledger, name: u8, from: u8, to: [u8; 2], cut: u64) -> Effect {
    let held = ledger.balance(&address(from)).units();
    let first = cut.min(held);
    effect(name, &[(from, held)], &[(to[0], first), (to[1], held - first)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// 14 (d).
    #[test]
    fn rule_14_d_no_sequence_of_final_messages_changes_the_supply(
        moves in vec((0..12_u8, 0..12_u8, 0..12_u8, 0..1_000_u64), 0..60),
    ) {
        let mut ledger = genesis(&[(0, SUPPLY - 900), (1, 400), (2, 500)]);
        for (name, (from, one, two, cut)) in (1_u8..).zip(moves) {
            let before = ledger.clone();
            let pay = sweep(&ledger, name, from, [one, two], cut);
            if ledger.apply(&pay).is_err() {
                prop_assert_eq!(&ledger, &before, "what is refused changes nothing");
            }
            prop_assert_eq!(ledger.supply(), u128::from(SUPPLY));
        }
    }

    /// 7.6: payments that spend different addresses, in any order.
    #[test]
    fn rule_7_6_the_order_of_final_messages_does_not_matter(order in Just((1..9_u8).collect::<Vec<_>>()).prop_shuffle()) {
        let start: Vec<(u8, u64)> = (1..9).map(|at| (at, 10 + u64::from(at))).collect();
        let pay = |from: u8| effect(from, &[(from, 4)], &[(from % 8 + 1, 1), (20 + from, 3)]);
        let mut sorted = genesis(&start);
        (1..9).for_each(|from| { sorted.apply(&pay(from)).unwrap(); });
        let mut shuffled = genesis(&start);
        order.iter().for_each(|from| { shuffled.apply(&pay(*from)).unwrap(); });
        prop_assert_eq!(sorted, shuffled);
    }
}

#[test]
fn rule_7_2_a_spent_address_is_closed_and_what_arrives_there_is_lost() {
    let mut ledger = genesis(&[(1, 5)]);
    ledger.apply(&effect(1, &[(1, 4)], &[(2, 4)])).unwrap();
    assert!(ledger.is_closed(&address(1)) && !ledger.is_closed(&address(2)));
    assert_eq!((ledger.balance(&address(1)), ledger.stranded(&address(1))), (Amount::ZERO, units(1)), "left behind");
    ledger.apply(&effect(2, &[(2, 4)], &[(1, 4)])).unwrap();
    assert_eq!((ledger.balance(&address(1)), ledger.stranded(&address(1))), (Amount::ZERO, units(5)));
    assert_eq!(ledger.apply(&effect(3, &[(1, 1)], &[(3, 1)])), Err(Broken::SpentTwice(address(1))));
}
