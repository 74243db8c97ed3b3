//! The journal: what a crash leaves is tolerated, everything else is damage; a replay goes on where the watchman was.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::*;
use vault::journal::{Damage, Head, Watchman, entries};
use vault::pipeline::{BurnFact, Effect, Fact, Ignored};

/// A whole way of one burn, entry by entry.
fn way() -> Vec<Fact> {
    let burn = burn(1, 10, 1);
    let payload = payload(&burn);
    let id = payload.id();
    let facts = [
        BurnFact::Seen(burn.clone()),
        deep(&burn),
        BurnFact::NotReleased,
        BurnFact::IntentStored { digest: payload.digest() },
        BurnFact::OwnSignature(signature(1, &payload)),
        BurnFact::PeerSignature(signed(2, &payload)),
        BurnFact::Sent { tx: "0xt1".into() },
        BurnFact::Execution { tx: "0xt1".into(), block: 7, id },
        BurnFact::ExecutionFinal,
    ];
    opening().into_iter().chain(facts.map(|fact| Fact::Burn(burn.ever_hash, fact))).collect()
}

fn write(facts: &[Fact]) -> (Watchman, Vec<Vec<u8>>) {
    let mut watchman = Watchman::new();
    let written = facts.iter().map(|fact| watchman.take(START_MS, fact).unwrap().entry).collect();
    (watchman, written)
}

#[test]
fn a_journal_cut_at_any_byte_leads_to_the_entries_that_are_whole() {
    let (_, written) = write(&way());
    let journal = written.concat();
    let mut ends = vec![0];
    written.iter().for_each(|entry| ends.push(ends[ends.len() - 1] + entry.len()));
    let states: Vec<Watchman> = (0..=written.len()).map(|count| write(&way()[..count]).0).collect();
    for cut in 0..=journal.len() {
        let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
        // Replaying verifies signatures: not every byte of every entry needs it.
        if cut % 7 != 0 && !ends.contains(&cut) {
            continue;
        }
        let (watchman, replayed) = Watchman::replay(&journal[..cut]).unwrap();
        assert_eq!((replayed.good_len, replayed.torn_len), (ends[whole], cut - ends[whole]), "cut at {cut}");
        assert_eq!(watchman, states[whole], "cut at {cut}");
    }
}

#[test]
fn a_bit_that_is_turned_anywhere_is_damage_and_never_a_torn_entry() {
    let (_, written) = write(&way());
    let journal = written.concat();
    for place in 0..journal.len() {
        let mut turned = journal.clone();
        turned[place] ^= 1 << (place % 8);
        let mut end = 0;
        let at = written.iter().position(|entry| {
            end += entry.len();
            place < end
        });
        let damaged = entries(&turned).unwrap_err();
        assert_eq!(Some(damaged.at), at.map(|at| at as u64), "bit at {place}: {damaged}");
    }
}

#[test]
fn entries_that_are_missing_swapped_or_doubled_are_damage() {
    let (_, written) = write(&way());
    for place in 1..written.len() - 1 {
        let mut missing = written.clone();
        missing.remove(place);
        assert_eq!(entries(&missing.concat()).unwrap_err().why, Damage::Header);
        let mut doubled = written.clone();
        doubled.insert(place, written[place].clone());
        assert_eq!(entries(&doubled.concat()).unwrap_err().why, Damage::Header);
        let mut swapped = written.clone();
        swapped.swap(place, place + 1);
        assert_eq!(entries(&swapped.concat()).unwrap_err().why, Damage::Header);
    }
    assert!(Watchman::replay(&written[1]).is_err(), "a journal begins with its first entry");
}

#[test]
fn killed_after_any_entry_a_watchman_goes_on_without_a_second_digest() {
    let (facts, digest) = (way(), payload(&burn(1, 10, 1)).digest());
    for killed in 7..=facts.len() {
        let (_, written) = write(&facts[..killed]);
        let mut watchman = Watchman::replay(&written.concat()).unwrap().0;
        let mut signed = Vec::new();
        let again = [vec![Fact::Started, alerts(&[]), sources(&[])], facts[7..].to_vec()].concat();
        for fact in again {
            let effects = watchman.take(START_MS, &fact).map(|taken| taken.effects).unwrap_or_default();
            signed.extend(effects.into_iter().filter_map(|effect| match effect {
                Effect::Sign { payload, .. } => Some(payload.digest()),
                _ => None,
            }));
        }
        assert!(signed.iter().all(|one| *one == digest), "killed after {killed}");
        // The intent was on disk, the signature perhaps made: the same one may be asked for again, no other.
        assert_eq!(!signed.is_empty(), killed <= 11, "killed after {killed}");
        let case = watchman.pipeline().case(&burn(1, 10, 1).ever_hash).unwrap();
        assert_eq!(case.stage().name(), "closed", "killed after {killed}");
    }
}

#[test]
fn a_journal_that_leads_elsewhere_than_it_did_is_damage() {
    // The same entry written by a program that had come to other states: its footprint differs.
    let mut facts = way();
    facts.truncate(8);
    let (_, written) = write(&facts);
    let last = vault::journal::entries(&written.concat()).unwrap().pop().unwrap();
    let mut footprint = last.footprint;
    footprint[0] ^= 1;
    let body = postcard::to_stdvec(&(last.at_ms, &last.fact, footprint)).unwrap();
    let before = &written[written.len() - 2];
    let before: [u8; 32] = before[before.len() - 32..].try_into().unwrap();
    let header = [&[1][..], &u32::try_from(body.len()).unwrap().to_be_bytes()].concat();
    let guard = crypto::keccak256_parts(&[&before, &header]);
    let hash = crypto::keccak256_parts(&[&before, &header, &body]);
    let forged = [&header[..], &guard[..4], &body, &hash].concat();
    let journal = [written[..written.len() - 1].concat(), forged].concat();
    let damaged = Watchman::replay(&journal).unwrap_err();
    assert_eq!((damaged.at, damaged.why), (7, Damage::Diverged));
}

#[test]
fn a_fact_that_no_entry_holds_is_refused_before_it_changes_anything() {
    let (mut watchman, _) = write(&way());
    let before = watchman.clone();
    let taken = watchman.take(START_MS, &alerts(&[&"x".repeat(5 << 20)]));
    assert_eq!((taken, watchman), (Err(Ignored::TooLarge), before));
}

#[test]
fn the_bytes_of_a_journal_are_this_format() {
    let (watchman, written) = write(&way());
    let journal = written.concat();
    // Changes when the format, or what these facts lead to, changes: then old journals need a way over.
    let want = "8fe727da97472b93f2b0f9a675383adf072539adc35f4d6d2ccfaafdc32d51b2";
    assert_eq!(crypto::hexs::encode(&watchman.head().hash), want);
    assert_eq!(entries(&journal).unwrap().len(), way().len());
    assert_eq!(watchman.head().count, 16);
    assert_eq!(Head::default().hash, crypto::keccak256(b"everwatch watchman journal"));
}
