//! Threshold signatures: every message of every ceremony, groups, shares, settlements, backups.

use crate::Target;
use crate::threshold_run::{End, KINDS, Kind, group, made, party, rng, roster, run};
use std::collections::BTreeSet;
use threshold::{Backup, Cost, Group, Request, Settlement, Share};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("threshold_message", message, transcript, 150),
    Target::new("threshold_request", request, requests, 3_000),
    Target::new("threshold_group", group_bytes, groups, 500),
    Target::new("threshold_share", share, shares, 1_500),
    Target::new("threshold_settlement", settlement, settlements, 300),
    Target::new("threshold_backup", backup, backups, 300),
];

/// A kind of ceremony, a number of delivery, and a message that arrives before that one from the same sender.
///
/// A refused message changes nothing: everybody ends as without it (but in signing, where a package that is refused has used up
/// the nonces). An accepted one may end the ceremony with blame, but never
/// with two groups; and no signature comes out that is not of what was asked.
fn message(bytes: &[u8]) -> bool {
    let [kind, at, message @ ..] = bytes else { return false };
    let kind = KINDS[usize::from(*kind) % KINDS.len()];
    let ran = run(kind, Some((usize::from(*at), message)));
    let Some(foreign) = &ran.foreign else { return false };
    let ends: Vec<&End> = ran.ends.iter().flatten().collect();
    let groups: BTreeSet<_> =
        ends.iter().filter_map(|end| if let End::Group(id) = end { Some(id) } else { None }).collect();
    assert!(groups.len() <= 1, "members settled on different groups");
    if kind == Kind::Repair {
        assert!(groups.iter().all(|id| **id == group().id()), "a repair made another group");
    }
    if foreign.is_err() && kind != Kind::Sign {
        let ended = ends.len() == ran.ends.len() && !ends.contains(&&End::Aborted);
        assert!(ended, "a refused message changed the ceremony: {foreign:?}, {:?}", ran.ends);
    }
    foreign.is_ok()
}

fn transcript() -> Vec<Vec<u8>> {
    let of_kind = |(number, kind): (u8, &Kind)| {
        let delivered = run(*kind, None).delivered;
        (0_u8..).zip(delivered).map(|(at, bytes)| [&[number, at], bytes.as_slice()].concat()).collect::<Vec<_>>()
    };
    (0_u8..).zip(&KINDS).flat_map(of_kind).collect()
}

/// What asks a member to sign.
fn request(bytes: &[u8]) -> bool {
    let Ok(request) = Request::read(group(), party(2), party(1), bytes) else { return false };
    assert_eq!(request.coordinator(), party(1));
    assert!(!request.items().is_empty() && request.items().len() <= threshold::MAX_ITEMS);
    true
}

fn requests() -> Vec<Vec<u8>> {
    run(Kind::Sign, None).delivered.into_iter().take(2).collect()
}

/// A group has one encoding.
fn group_bytes(bytes: &[u8]) -> bool {
    let Ok(group) = Group::from_bytes(bytes) else { return false };
    assert_eq!(group.to_bytes(), bytes);
    assert!(usize::from(group.threshold()) <= group.roster().members().len());
    true
}

fn groups() -> Vec<Vec<u8>> {
    vec![group().to_bytes()]
}

/// Nothing reads as a share of a group but the shares of its members.
fn share(bytes: &[u8]) -> bool {
    let Ok(share) = Share::from_bytes(bytes, group()) else { return false };
    assert!(shares().iter().any(|genuine| genuine == bytes), "a share that nobody was given");
    assert_eq!(share.to_bytes().as_slice(), bytes);
    true
}

fn shares() -> Vec<Vec<u8>> {
    made().0.values().map(|share| share.to_bytes().to_vec()).collect()
}

/// A settlement has one encoding, and only the genuine one creates the group. A signature has many encodings of equal
/// worth only for who holds the keys.
fn settlement(bytes: &[u8]) -> bool {
    let Ok(settlement) = Settlement::from_bytes(bytes) else { return false };
    assert_eq!(settlement.to_bytes(), bytes);
    assert!(settlement.settles(group()).is_err(), "nobody refreshed this group");
    let creates = settlement.creates(&roster()).is_ok();
    assert_eq!(creates, settlements().iter().any(|genuine| genuine == bytes), "a word that nobody gave");
    creates
}

fn settlements() -> Vec<Vec<u8>> {
    vec![made().1.clone()]
}

const PASSWORD: &[u8] = b"a password";

/// Only the genuine backup opens, and to the share that was put in. Costly ones are left out: their bounds have tests.
fn backup(bytes: &[u8]) -> bool {
    let backup = Backup::from_bytes(bytes.to_vec());
    let claims = backup.claims().is_ok();
    if bytes.get(37..49) != backups()[0].get(37..49) {
        return false;
    }
    let Ok(share) = backup.open(PASSWORD) else { return false };
    assert!(claims && backups().iter().any(|genuine| genuine == bytes), "a backup that nobody made");
    assert_eq!(share.to_bytes().as_slice(), shares()[0]);
    true
}

fn backups() -> Vec<Vec<u8>> {
    let cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
    let sealed = Backup::seal(&made().0[&party(1)], PASSWORD, cost, &mut rng(9)).expect("a cost within bounds");
    vec![sealed.to_bytes().to_vec()]
}
