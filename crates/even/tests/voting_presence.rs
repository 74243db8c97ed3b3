//! Rules of voting that need blocks or several epochs: presence is not fate (7.5), the order in a record (8.4), the table of a
//! message's own epoch (9.3).
#![allow(clippy::unwrap_used, reason = "tests")]

mod votes;

use even::block::{Record, Signed, Stamp};
use even::identity::NodeKey;
use even::ids::NodeId;
use even::units::{Epoch, Time};
use even::voting::{Ballot, Entry, Reader, Status};
use std::collections::BTreeMap;
use votes::{Weights, ballot, entry, message, node};

/// Everybody stamps the messages, then sees everybody, then everybody sees that.
fn agree(reader: &mut Reader, tables: &Weights, from: usize, stamped: &[usize]) -> usize {
    let nodes = 4;
    for pass in 0..3 {
        for of in 0..nodes {
            let at = from + pass * nodes + of;
            let previous = at.checked_sub(nodes);
            let seen: Vec<usize> =
                if pass == 0 { Vec::new() } else { (from + (pass - 1) * nodes..from + pass * nodes).collect() };
            let stamped = if pass == 0 { stamped } else { &[] };
            reader.tell_record(&entry(at, of, previous, &seen, stamped), tables).unwrap();
        }
    }
    from + 3 * nodes
}

fn reader_of(ballots: &[Ballot]) -> Reader {
    let mut reader = Reader::default();
    ballots.iter().for_each(|ballot| {
        reader.tell_message(ballot.clone()).unwrap();
    });
    reader
}

#[test]
fn rule_7_5_what_stands_above_a_rejected_message_stays_valid_unless_it_spends_its_outputs() {
    let tables = Weights::of(&[1; 4]);
    // 1 and 2 are rivals; 3 only names 2, and 4 spends what 2 would have paid.
    let mut reader = reader_of(&[
        ballot(0, &[], &[], &[]),
        ballot(1, &[0], &[1], &[]),
        ballot(2, &[0], &[1], &[]),
        ballot(3, &[2], &[], &[]),
        ballot(4, &[2], &[9], &[2]),
    ]);
    let next = agree(&mut reader, &tables, 0, &[0, 1]);
    agree(&mut reader, &tables, next, &[3, 4]);
    let status = |at| reader.status(&message(at)).unwrap();
    assert_eq!([1, 2].map(status), [Status::Final, Status::Rejected]);
    assert_eq!([3, 4].map(status), [Status::Final, Status::Rejected]);
}

#[test]
fn rule_8_4_own_messages_count_after_the_stamps_of_a_record() {
    let key = NodeKey::from_secret(&[1; 32]);
    let mut record = Record::after(None, key.node(), Epoch(0), Time(0));
    record.own = vec![message(1)];
    record.stamps = vec![Stamp { message: message(2), nonce: 0 }];
    let said = Entry::of(&Signed::seal(record, &key).unwrap());
    assert_eq!(said.stamped, [message(2), message(1)]);
    let ballots = [ballot(0, &[], &[], &[]), ballot(1, &[0], &[1], &[]), ballot(2, &[0], &[1], &[])];
    let mut reader = reader_of(&ballots);
    let tables = Weights { epochs: vec![BTreeMap::from([(key.node(), 1)])], leaders: Vec::new() };
    reader.tell_record(&said, &tables).unwrap();
    assert_eq!([1, 2].map(|at| reader.weight(&message(at), 0)), [0, 1], "the stamped rival has the vote");
}

#[test]
fn rule_9_3_a_message_is_weighed_by_the_table_of_its_own_epoch() {
    let weights = |of: [u128; 4]| -> BTreeMap<NodeId, u128> { (0..4).map(|at| (node(at), of[at])).collect() };
    let tables = Weights { epochs: vec![weights([5, 1, 1, 1]), weights([1, 1, 1, 5])], leaders: Vec::new() };
    let late = Ballot { epoch: Epoch(1), ..ballot(2, &[0], &[2], &[]) };
    let mut reader = reader_of(&[ballot(0, &[], &[], &[]), ballot(1, &[0], &[1], &[]), late]);
    reader.tell_record(&entry(0, 0, None, &[], &[1, 2]), &tables).unwrap();
    assert_eq!([1, 2].map(|at| reader.weight(&message(at), 0)), [5, 1]);
}
