//! The first message of a network (7.1).
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NETWORK, TAG, amount, linked, output, place, rebundled};
use even::ids::{Address, Network};
use even::message::{Attachment, ComposeError, Draft, GenesisRefusal, Message, Output, Rule, check, genesis};
use even::transaction::{Branches, Transaction};
use even::units::{SUPPLY, Time, Value};

fn outputs() -> Vec<Output> {
    vec![output(Address([1; 32]), 40, ""), output(Address([2; 32]), SUPPLY - 40, "")]
}

fn whole() -> Message {
    let nowhere = Attachment { trunk: None, branches: Branches::NONE, ..place() };
    let draft = Draft::genesis(NETWORK, Time(0), &outputs()).unwrap();
    draft.finalise().sign(|_| None).unwrap().attach(&nowhere).with_counter(0)
}

fn refused(change: impl FnOnce(&mut Vec<Transaction>)) -> Option<GenesisRefusal> {
    let mut transactions = whole().transactions().to_vec();
    change(&mut transactions);
    genesis(&rebundled(transactions), NETWORK).err()
}

#[test]
fn rule_7_1_a_genesis_pays_out_the_whole_supply_and_names_nothing() {
    let message = whole();
    assert_eq!(genesis(&message.encode(), NETWORK).as_ref(), Ok(&message));
    assert_eq!(message.outputs().map(|output| output.value.units()).sum::<i64>(), SUPPLY as i64);
    assert_eq!(message.parents().count(), 0);
}

#[test]
fn rule_7_1_only_a_genesis_names_nothing() {
    assert_eq!(check(&whole().encode(), NETWORK, 0), Err(Rule::M06));
}

#[test]
fn rule_7_1_a_genesis_of_another_sum_network_or_place_is_refused() {
    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|list| list[0].value = Value::new(41).unwrap()), Some(GenesisRefusal::Outputs));
    assert_eq!(refused(|list| list[0].value = Value::new(-40).unwrap()), Some(GenesisRefusal::Outputs));
    let named = |list: &mut Vec<Transaction>| list.iter_mut().for_each(|entry| entry.branches = place().branches);
    assert_eq!(refused(named), Some(GenesisRefusal::Parents));
    assert_eq!(refused(|list| list[1].trunk = place().trunk.unwrap().head()), Some(GenesisRefusal::Parents));
    let other = genesis(&whole().encode(), Network::MAIN).err();
    assert_eq!(other, Some(GenesisRefusal::Structure(Rule::M03)));
    let mut transactions = whole().transactions().to_vec();
    transactions[0].address = Address([3; 32]);
    assert_eq!(genesis(&linked(transactions), NETWORK).err(), Some(GenesisRefusal::Structure(Rule::M14)));
}

#[test]
fn rule_7_1_no_genesis_is_composed_of_another_sum_or_of_data() {
    let compose = |outputs: &[Output]| Draft::genesis(NETWORK, Time(0), outputs).err();
    assert_eq!(compose(&[]), Some(ComposeError::Empty));
    assert_eq!(compose(&outputs()[..1]), Some(ComposeError::Sum));
    let data = Output { address: Address([3; 32]), amount: amount(0), tag: TAG, data: vec![1] };
    assert_eq!(compose(&[outputs(), vec![data]].concat()), Some(ComposeError::Sum));
    let many: Vec<Output> = (0..65).map(|byte| output(Address([byte; 32]), SUPPLY / 65, "")).collect();
    assert_eq!(compose(&many), Some(ComposeError::Long));
}
