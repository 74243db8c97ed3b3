//! The machine against a chain that grows, reorganises and is cut short, with kills at any step.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: u64 = 3;
const SPAN: u64 = 4;

/// What a store keeps: the cursor, and for each block that is read the hash of the branch it was read on.
struct Disk {
    progress: Progress,
    read: BTreeMap<u64, [u8; 32]>,
}

struct World {
    chain: Vec<[u8; 32]>,
    made: u32,
    disk: Disk,
    scan: Scan,
}

#[derive(Debug, Clone)]
enum Event {
    Grow(usize),
    Reorganise(usize),
    CutShort(usize),
    /// A round that is killed after so many answers.
    Killed(usize),
    Round,
}

impl World {
    fn new() -> Self {
        let progress = Progress { next: START, checkpoints: Vec::new() };
        let scan = Scan::new(START, progress.clone(), SPAN);
        let mut world = Self { chain: Vec::new(), made: 0, disk: Disk { progress, read: BTreeMap::new() }, scan };
        world.grow(1);
        world
    }

    fn grow(&mut self, blocks: usize) {
        for _ in 0..blocks {
            self.made += 1;
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&self.made.to_be_bytes());
            self.chain.push(hash);
        }
    }

    fn cut(&mut self, blocks: usize) {
        self.chain.truncate(self.chain.len().saturating_sub(blocks).max(1));
    }

    fn tip(&self) -> u64 {
        self.chain.len() as u64 - 1
    }

    /// Answers until nothing is asked; returns how many answers that took.
    fn round(&mut self, answers_max: usize) -> usize {
        self.scan.begin();
        for answers in 0..answers_max {
            let change = match self.scan.ask(self.tip()) {
                Ask::Nothing => return answers,
                Ask::Block(number) => self.scan.block_is(number, self.chain[usize::try_from(number).unwrap()]),
                Ask::Range { from, to } => self.range(from, to),
            };
            if let Change::Rewind { next } = change {
                self.disk.progress.next = next;
                self.disk.progress.checkpoints.retain(|known| known.number < next);
                self.disk.read.split_off(&next);
            }
        }
        answers_max
    }

    fn range(&mut self, from: u64, to: u64) -> Change {
        assert!(from == self.disk.progress.next && to >= from && to - from < SPAN && to <= self.tip());
        let at = |number: u64| self.chain[usize::try_from(number).unwrap()];
        if self.scan.parent().is_some_and(|parent| at(parent.number) != parent.hash) {
            return self.scan.parent_changed();
        }
        let end = Checkpoint { number: to, hash: at(to) };
        for number in from..=to {
            assert!(self.disk.read.insert(number, at(number)).is_none(), "block {number} is read twice");
        }
        self.disk.progress.next = to + 1;
        self.disk.progress.checkpoints.push(end);
        self.scan.was_read(end);
        Change::None
    }

    fn kill(&mut self) {
        self.scan = Scan::new(START, self.disk.progress.clone(), SPAN);
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Grow(blocks) => self.grow(*blocks),
            Event::Reorganise(depth) => {
                self.cut(*depth);
                self.grow(*depth);
            }
            Event::CutShort(blocks) => self.cut(*blocks),
            Event::Killed(answers) => {
                self.round(*answers);
                self.kill();
            }
            Event::Round => {
                assert!(self.round(1000) < 1000, "the machine does not come to an end");
            }
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..12_usize).prop_map(Event::Grow),
        2 => (1..30_usize).prop_map(Event::Reorganise),
        1 => (1..10_usize).prop_map(Event::CutShort),
        2 => (0..6_usize).prop_map(Event::Killed),
        3 => Just(Event::Round),
    ]
}

proptest! {
    #[test]
    fn after_anything_the_present_chain_is_read_once_and_whole(events in prop::collection::vec(event(), 1..60)) {
        let mut world = World::new();
        for event in &events {
            world.happen(event);
        }
        // A chain that was cut short shows its other branch when it grows beyond what was read.
        world.grow(40);
        world.happen(&Event::Round);
        let now: BTreeMap<u64, [u8; 32]> =
            (START..=world.tip()).map(|number| (number, world.chain[usize::try_from(number).unwrap()])).collect();
        prop_assert_eq!(&world.disk.read, &now);
        prop_assert_eq!(world.scan.next(), world.tip() + 1);
    }
}

#[test]
fn the_way_back_is_found_by_halving() {
    let mut world = World::new();
    for _ in 0..300 {
        world.grow(1);
        world.happen(&Event::Round);
    }
    world.happen(&Event::Reorganise(200));
    world.scan.begin();
    let mut asked = 0;
    while let Ask::Block(number) = world.scan.ask(world.tip()) {
        asked += 1;
        if let Change::Rewind { next } = world.scan.block_is(number, world.chain[usize::try_from(number).unwrap()]) {
            assert_eq!(next, 101, "the newest 200 of the blocks 0 to 300 are others");
        }
    }
    assert!(asked <= 11, "{asked} blocks were asked for");
}

#[test]
fn ranges_shrink_when_refused_and_grow_again() {
    let mut scan = Scan::new(0, Progress { next: 0, checkpoints: Vec::new() }, 1000);
    assert_eq!(scan.ask(5000), Ask::Range { from: 0, to: 0 }, "the first block alone");
    scan.was_read(Checkpoint { number: 0, hash: [1; 32] });
    assert_eq!(scan.ask(5000), Ask::Range { from: 1, to: 1000 });
    assert!(scan.refused(1000));
    assert_eq!(scan.ask(5000), Ask::Range { from: 1, to: 500 });
    assert_eq!(scan.ask(10), Ask::Range { from: 1, to: 10 });
    assert!(scan.refused(10) && scan.refused(5) && scan.refused(2) && !scan.refused(1));
    assert_eq!(scan.ask(5000), Ask::Range { from: 1, to: 1 });
    for _ in 0..100 {
        let Ask::Range { to, .. } = scan.ask(1_000_000) else { panic!() };
        scan.was_read(Checkpoint { number: to, hash: [1; 32] });
    }
    let Ask::Range { from, to } = scan.ask(1_000_000) else { panic!() };
    assert_eq!(to - from + 1, 1000);
}

#[test]
fn the_first_checkpoint_is_kept_and_tells_another_chain() {
    let mut world = World::new();
    for _ in 0..700 {
        world.grow(1);
        world.happen(&Event::Round);
    }
    assert_eq!(world.scan.checkpoints.len(), CHECKPOINTS_MAX as usize);
    assert_eq!(world.scan.checkpoints[0].number, START);
    // A younger chain of the same name.
    world.cut(1000);
    world.grow(10);
    world.happen(&Event::Round);
    assert_eq!((world.scan.next(), world.disk.read.len() as u64), (world.tip() + 1, world.tip() + 1 - START));
}
