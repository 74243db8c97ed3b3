//! Whose turn it is to submit a payout: every watchman comes to the same answer without a word.
//!
//! Time is cut into slots, the same for all. In each slot one member submits; in the next one the next takes over. The first
//! one depends on the burn, so that the work is shared. Two clocks that differ can make two members submit at once: the
//! vault pays once, and the second pays for its gas.

use crate::signature::Owner;
use everpay::EverHash;
use std::collections::BTreeSet;

/// The number of the slot at a time. `slot_ms` must not be 0.
#[must_use]
pub fn slot(now_ms: u64, slot_ms: u64) -> u64 {
    now_ms / slot_ms.max(1)
}

/// Whose turn it is; `None` when there is nobody.
#[must_use]
pub fn turn(ever_hash: &EverHash, members: &BTreeSet<Owner>, slot: u64) -> Option<Owner> {
    let count = u64::try_from(members.len()).ok().filter(|count| *count > 0)?;
    let (first, _) = ever_hash.as_bytes().split_first_chunk::<8>().expect("a hash has 32 bytes");
    let place = (u64::from_be_bytes(*first) % count + slot % count) % count;
    members.iter().nth(usize::try_from(place).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(count: u8) -> BTreeSet<Owner> {
        (1..=count).map(|number| Owner::new([number; 20])).collect()
    }

    #[test]
    fn everybody_gets_a_turn_in_as_many_slots_as_there_are_members() {
        for count in 1..=7 {
            for hash in [[0; 32], [0xff; 32], [7; 32]] {
                let turns: BTreeSet<_> = (u64::MAX - u64::from(count) + 1..=u64::MAX)
                    .filter_map(|slot| turn(&EverHash::new(hash), &members(count), slot))
                    .collect();
                assert_eq!(turns, members(count));
            }
        }
    }

    #[test]
    fn burns_are_shared_among_the_members() {
        let mut firsts = std::collections::BTreeMap::new();
        for number in 0..300_u64 {
            let hash = EverHash::new(crypto::keccak256(&number.to_be_bytes()));
            *firsts.entry(turn(&hash, &members(3), 0)).or_insert(0) += 1;
        }
        assert!(firsts.len() == 3 && firsts.values().all(|count| *count > 70), "{firsts:?}");
    }

    #[test]
    fn nobody_has_no_turn_and_slots_of_no_length_are_read_as_one_millisecond() {
        assert_eq!(turn(&EverHash::new([1; 32]), &BTreeSet::new(), 5), None);
        assert_eq!((slot(10, 0), slot(29_999, 30_000), slot(30_000, 30_000)), (10, 0, 1));
    }
}
