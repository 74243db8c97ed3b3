//! Whatever the order in which a reader is told, and whatever it has forgotten, it says the same.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "votes/history.rs"]
mod history;
mod votes;

use even::ids::MessageId;
use even::units::Epoch;
use even::voting::{Missing, Reader, Status};
use history::{History, Kind};
use proptest::prelude::*;
use std::collections::BTreeMap;
use votes::{Dice, Event, Standing, messages, shuffled, standing, tell_all};

const SIMPLE: Kind = Kind { epoch: 40, mixed: false, forkers: 1, wild: 10 };
const MIXED: Kind = Kind { mixed: true, ..SIMPLE };

fn standings(reader: &Reader, history: &History) -> BTreeMap<MessageId, Standing> {
    let mut all: BTreeMap<MessageId, Standing> =
        messages(&history.events).map(|ballot| (ballot.id, standing(reader, &ballot.id))).collect();
    if reader.alarm().is_some() {
        // It has stopped; where, depends on the order.
        all.values_mut().for_each(|standing| standing.status = None);
    }
    all
}

fn check_orders(seed: u64, kind: Kind) {
    let history = History::random(seed, 160, kind);
    let mut dice = Dice(seed ^ 1);
    let mut other = Reader::default();
    tell_all(&mut other, &shuffled(&history.events, &mut dice), &history.tables);
    assert_eq!(other.alarm().is_some(), history.reader.alarm().is_some());
    assert_eq!(standings(&other, &history), standings(&history.reader, &history));
    assert_eq!(other.equivocators(), history.reader.equivocators());
}

fn check_some_then_all(seed: u64) {
    let history = History::random(seed, 160, MIXED);
    let mut dice = Dice(seed ^ 2);
    let mut reader = Reader::default();
    // What names something that was left out is left out too, for now.
    let mut rest = Vec::new();
    for (at, event) in history.events.iter().enumerate() {
        let is_left_out = at > 0 && dice.percent(4);
        if is_left_out || event.tell(&mut reader, &history.tables).is_err() {
            rest.push(event.clone());
        }
    }
    let (before, had) = (standings(&reader, &history), reader.alarm());
    tell_all(&mut reader, &rest, &history.tables);
    assert_eq!(standings(&reader, &history), standings(&history.reader, &history));
    if had.is_none() && reader.alarm().is_none() {
        for (id, standing) in before {
            let verdict = standing.status.filter(|status| *status >= Status::Final);
            assert!(verdict.is_none() || verdict == reader.status(&id), "a verdict was withdrawn");
        }
    }
}

/// Tells it what it misses because it has dropped it as unheard.
fn tell(reader: &mut Reader, event: &Event, history: &History) {
    loop {
        match event.tell(reader, &history.tables) {
            Ok(()) => return,
            Err(Missing::Message(id)) => {
                let ballot = messages(&history.events).find(|ballot| ballot.id == id).unwrap().clone();
                tell(reader, &Event::Message(ballot), history);
            }
            Err(missing) => panic!("{missing}"),
        }
    }
}

fn pruned(history: &History, dice: &mut Dice) -> Reader {
    let mut reader = Reader::default();
    for (at, event) in history.events.iter().enumerate() {
        tell(&mut reader, event, history);
        if dice.percent(6) {
            let now = history.epoch_at(at).0;
            let from = now.saturating_sub(u32::from(dice.percent(50)));
            reader.prune(&(Epoch(from)..=Epoch(now + 1)), &history.tables);
        }
    }
    reader
}

fn verdict(reader: &Reader, id: &MessageId) -> Option<Status> {
    reader.status(id).filter(|status| *status >= Status::Final)
}

fn check_pruned(seed: u64, kind: Kind, is_exact: bool) -> (usize, usize) {
    let history = History::random(seed, 400, kind);
    let mut reader = pruned(&history, &mut Dice(seed ^ 3));
    if history.reader.alarm().is_some() || reader.alarm().is_some() {
        return (0, 0);
    }
    messages(&history.events).for_each(|ballot| tell(&mut reader, &Event::Message(ballot.clone()), &history));
    let mut finals = 0;
    for id in messages(&history.events).map(|ballot| ballot.id) {
        let (found, wanted) = (verdict(&reader, &id), verdict(&history.reader, &id));
        assert!(found == wanted || (!is_exact && found.is_none()), "{id:?}: {found:?} instead of {wanted:?}");
        finals += usize::from(found == Some(Status::Final));
    }
    (finals, reader.held().forgotten.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rule_9_4_any_causal_order_gives_the_same_votes_locks_and_verdicts(seed in any::<u64>()) {
        check_orders(seed, MIXED);
        check_orders(seed, Kind { forkers: 3, wild: 50, ..MIXED });
    }

    #[test]
    fn rule_9_4_a_reader_told_some_and_then_the_rest_says_what_one_says_that_was_told_all(seed in any::<u64>()) {
        check_some_then_all(seed);
    }

    #[test]
    fn a_reader_that_forgets_gives_the_verdicts_of_one_that_does_not(seed in any::<u64>()) {
        check_pruned(seed, SIMPLE, true);
    }

    #[test]
    fn a_reader_that_forgets_never_gives_another_verdict_whatever_is_spent_together(seed in any::<u64>()) {
        check_pruned(seed, MIXED, false);
    }
}

#[test]
fn random_histories_decide_and_forget_much() {
    let (mut finals, mut forgotten) = (0, 0);
    for seed in 0..40 {
        let (one, other) = check_pruned(seed, SIMPLE, true);
        (finals, forgotten) = (finals + one, forgotten + other);
    }
    assert!(finals > 400 && forgotten > 200, "{finals} final, {forgotten} forgotten: the tests above say nothing");
}

/// It voted for a message that spends a closed address together with an open one, before the closed one was forgotten.
#[test]
fn what_a_node_chose_at_a_closed_address_is_kept_while_a_message_spends_it_with_an_open_one() {
    check_pruned(13_187_532_950_073_523_725, MIXED, false);
}
