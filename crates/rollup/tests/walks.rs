//! The walk against a naive model over random trees of batches, and by named scenarios.

#![allow(clippy::unwrap_used, reason = "tests")]

use arweave::ArweaveId;
use proptest::prelude::*;
use rollup::{Answer, Chain, GapCause, Outcome, Path, Walk, WalkError};

fn id(number: usize) -> ArweaveId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
    ArweaveId::from_bytes(bytes)
}

fn number(id: &ArweaveId) -> usize {
    u64::from_le_bytes(id.as_bytes()[..8].try_into().unwrap()) as usize
}

/// A world of batches: `parents[i]` is the parent of batch i, always a smaller number.
struct World {
    parents: Vec<Option<usize>>,
    missing: Option<usize>,
    stray: Option<usize>,
}

impl World {
    fn answer(&self, asked: &ArweaveId) -> Answer {
        let asked = number(asked);
        if Some(asked) == self.missing {
            Answer::Missing
        } else if Some(asked) == self.stray {
            Answer::NotABatch
        } else {
            Answer::Batch { parent: self.parents[asked].map(id) }
        }
    }

    fn walk(&self, processed: &[usize], tip: usize) -> Outcome {
        let chain: Chain = processed.iter().map(|n| id(*n)).collect();
        let mut walk = Walk::new(&chain, id(tip), 1000);
        while let Some(asked) = walk.next_query() {
            walk.answer(asked, self.answer(&asked)).unwrap();
        }
        walk.finish().unwrap()
    }

    /// From the tip to the first batch of the ledger, newest first.
    fn ancestry(&self, tip: usize) -> Vec<usize> {
        std::iter::successors(Some(tip), |n| self.parents[*n]).collect()
    }
}

fn ids(numbers: &[usize]) -> Vec<ArweaveId> {
    numbers.iter().map(|n| id(*n)).collect()
}

/// What the walk must say, computed without walking: over the whole ancestry at once.
fn expected(world: &World, processed: &[usize], tip: usize) -> Outcome {
    let line = world.ancestry(tip);
    let met = line.iter().position(|n| processed.contains(n));
    let mut fresh = line[..met.unwrap_or(line.len())].to_vec();
    for (hole, cause) in [(world.missing, GapCause::Missing), (world.stray, GapCause::NotABatch)] {
        if let Some(at) = fresh.iter().position(|n| Some(*n) == hole) {
            let mut above = fresh[..at].to_vec();
            above.reverse();
            return Outcome::Gap { missing: id(fresh[at]), cause, above: ids(&above) };
        }
    }
    fresh.reverse();
    let ancestor = met.map(|at| line[at]);
    let kept = ancestor.map_or(0, |n| processed.iter().position(|p| *p == n).unwrap() + 1);
    let replaced = ids(&processed[kept..]);
    match (fresh.is_empty(), replaced.is_empty()) {
        (true, true) => Outcome::UpToDate,
        (true, false) => Outcome::Behind { beyond: replaced },
        _ => Outcome::Path(Path { ancestor: ancestor.map(id), replaced, fresh: ids(&fresh) }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_walk_finds_what_the_whole_tree_says(
        links in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..40),
        head in any::<prop::sample::Index>(),
        tip in any::<prop::sample::Index>(),
        holes in any::<(Option<prop::sample::Index>, bool)>(),
    ) {
        // Mostly chains with some forks; one in sixteen starts a ledger of its own.
        let parents = links.iter().enumerate().map(|(i, (link, kind))| match kind % 16 {
            0 => None,
            1..=4 if i > 0 => Some(link.index(i)),
            _ => i.checked_sub(1),
        });
        let mut world = World { parents: parents.collect(), missing: None, stray: None };
        let len = links.len();
        let mut processed = world.ancestry(head.index(len));
        processed.reverse();
        if holes.1 {
            processed.clear();
        }
        let hole = holes.0.map(|hole| hole.index(len));
        (world.missing, world.stray) = if links[0].1 % 2 == 0 { (hole, None) } else { (None, hole) };
        let tip = tip.index(len);
        prop_assert_eq!(world.walk(&processed, tip), expected(&world, &processed, tip));
    }
}

/// 0 ← 1 ← 2 ← 3, and 4 beside 3 (parent 2), 5 on top of 4.
fn forked() -> World {
    World { parents: vec![None, Some(0), Some(1), Some(2), Some(2), Some(4)], missing: None, stray: None }
}

#[test]
fn a_first_run_starts_at_the_beginning() {
    let path = Path { ancestor: None, replaced: vec![], fresh: ids(&[0, 1, 2, 3]) };
    assert_eq!(forked().walk(&[], 3), Outcome::Path(path));
}

#[test]
fn a_sibling_replaces_the_head() {
    let path = Path { ancestor: Some(id(2)), replaced: ids(&[3]), fresh: ids(&[4, 5]) };
    assert_eq!(forked().walk(&[0, 1, 2, 3], 5), Outcome::Path(path));
}

#[test]
fn a_sibling_of_the_very_first_batch_replaces_everything() {
    let world = World { parents: vec![None, Some(0), None], missing: None, stray: None };
    let path = Path { ancestor: None, replaced: ids(&[0, 1]), fresh: ids(&[2]) };
    assert_eq!(world.walk(&[0, 1], 2), Outcome::Path(path));
}

#[test]
fn a_tip_that_cannot_be_had_is_a_gap_with_nothing_above() {
    let world = World { missing: Some(3), ..forked() };
    let gap = Outcome::Gap { missing: id(3), cause: GapCause::Missing, above: vec![] };
    assert_eq!(world.walk(&[0], 3), gap);
}

#[test]
fn the_walk_ends_whatever_it_is_told() {
    let chain = Chain::new();
    let mut walk = Walk::new(&chain, id(0), 50);
    for step in 0..50 {
        walk.answer(id(step), Answer::Batch { parent: Some(id(step + 1)) }).unwrap();
    }
    let one_more = walk.answer(id(50), Answer::Batch { parent: None });
    assert_eq!(one_more, Err(WalkError::TooLong(50)));
    assert_eq!(walk.clone().finish(), Err(WalkError::Unfinished));
    assert_eq!(walk.answer(id(7), Answer::Missing), Err(WalkError::NotAsked(id(7))));
}

#[test]
fn circles_are_refused() {
    let chain = Chain::new();
    let mut walk = Walk::new(&chain, id(0), 50);
    assert_eq!(walk.answer(id(0), Answer::Batch { parent: Some(id(0)) }), Err(WalkError::Circle(id(0))));
    walk.answer(id(0), Answer::Batch { parent: Some(id(1)) }).unwrap();
    assert_eq!(walk.answer(id(1), Answer::Batch { parent: Some(id(0)) }), Err(WalkError::Circle(id(1))));
}

#[test]
fn a_chain_keeps_places_through_changes() {
    let mut chain: Chain = [3, 1, 4, 1, 5].map(id).into_iter().collect();
    assert_eq!(chain.ids(), ids(&[3, 1, 4, 5]));
    assert!(!chain.push(id(4)));
    assert_eq!(chain.truncate(2), ids(&[4, 5]));
    assert_eq!((chain.head(), chain.place(&id(4)), chain.len()), (Some(id(1)), None, 2));
    assert!(chain.push(id(4)) && chain.place(&id(4)) == Some(2));
    assert!(chain.truncate(9).is_empty() && !chain.is_empty());
}
