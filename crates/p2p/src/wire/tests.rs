#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn hash(number: u8) -> EverHash {
    EverHash::new([number; 32])
}

fn wanted(count: u16) -> BTreeSet<EverHash> {
    let hash = |number: u16| {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        EverHash::new(bytes)
    };
    (0..count).map(hash).collect()
}

/// Rising hashes one after the other.
fn written(count: u16) -> Vec<u8> {
    wanted(count).iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn presence() -> Message {
    Message::Presence { batch: 0x0102, root: StateRoot::new([0xaa; 32]) }
}

fn signature() -> Message {
    Message::Signature { ever_hash: hash(1), digest: [2; 32], signature: [3; 65] }
}

fn want(numbers: &[u8]) -> Message {
    Message::WantSignatures(Wanted::new(numbers.iter().copied().map(hash).collect()).unwrap())
}

/// A message of raw parts.
fn raw(head: &[u8], body: &[&[u8]]) -> Vec<u8> {
    [head, &body.concat()].concat()
}

#[test]
fn the_encoding_of_each_kind_is_pinned() {
    let pinned = raw(b"EWW\x01\x01", &[&[0, 0, 0, 0, 0, 0, 1, 2], &[0xaa; 32]]);
    assert_eq!(presence().encode(), pinned);
    assert_eq!(signature().encode(), raw(b"EWW\x01\x02", &[&[1; 32], &[2; 32], &[3; 65]]));
    assert_eq!(want(&[9, 4]).encode(), raw(b"EWW\x01\x03", &[&[0, 2], &[4; 32], &[9; 32]]));
}

#[test]
fn what_breaks_a_rule_is_refused_by_its_name() {
    let at = |len: usize| Err(WireError::Length(len));
    let many = raw(b"EWW\x01\x03", &[&1_025_u16.to_be_bytes(), &written(1_025)]);
    let cases: [(&str, Vec<u8>, Result<Message, WireError>); 19] = [
        ("nothing", vec![], Err(WireError::Domain)),
        ("half a domain", b"EW".to_vec(), Err(WireError::Domain)),
        ("another domain", raw(b"EWX\x01\x01", &[&[0; 40]]), Err(WireError::Domain)),
        ("a domain alone", b"EWW".to_vec(), at(3)),
        ("version 0", raw(b"EWW\x00\x01", &[&[0; 40]]), Err(WireError::Version(0))),
        ("version 2", raw(b"EWW\x02\x01", &[&[0; 40]]), Err(WireError::Version(2))),
        ("no kind", b"EWW\x01".to_vec(), at(4)),
        ("kind 0", raw(b"EWW\x01\x00", &[&[0; 40]]), Err(WireError::Kind(0))),
        ("kind 4", raw(b"EWW\x01\x04", &[&[0; 40]]), Err(WireError::Kind(4))),
        ("a presence of a byte less", raw(b"EWW\x01\x01", &[&[0; 39]]), at(44)),
        ("a presence of a byte more", raw(b"EWW\x01\x01", &[&[0; 41]]), at(46)),
        ("a signature of a byte less", raw(b"EWW\x01\x02", &[&[0; 128]]), at(133)),
        ("a signature of a byte more", raw(b"EWW\x01\x02", &[&[0; 130]]), at(135)),
        ("a signature's bytes as a presence", raw(b"EWW\x01\x01", &[&[0; 129]]), at(134)),
        ("nothing wanted", raw(b"EWW\x01\x03", &[&[0, 0]]), Err(WireError::Wanted(WantedError(0)))),
        ("more wanted than named", raw(b"EWW\x01\x03", &[&[0, 2], &[1; 32]]), at(39)),
        ("a hash of a byte less", raw(b"EWW\x01\x03", &[&[0, 1], &[1; 31]]), at(38)),
        ("a hash twice", raw(b"EWW\x01\x03", &[&[0, 2], &[1; 32], &[1; 32]]), Err(WireError::Order)),
        ("falling hashes", raw(b"EWW\x01\x03", &[&[0, 2], &[2; 32], &[1; 32]]), Err(WireError::Order)),
    ];
    for (what, bytes, expected) in cases {
        assert_eq!(Message::decode(&bytes), expected, "{what}");
    }
    assert_eq!(Message::decode(&many), Err(WireError::Wanted(WantedError(1_025))));
}

#[test]
fn a_request_asks_for_something_and_fits_a_message() {
    assert_eq!(Wanted::new(BTreeSet::new()), Err(WantedError(0)));
    assert_eq!(Wanted::new(wanted(1_025)), Err(WantedError(1_025)));
    let largest = Message::WantSignatures(Wanted::new(wanted(1_024)).unwrap());
    assert!(largest.encode().len() <= MESSAGE_LEN_MAX);
    assert_eq!(Message::decode(&largest.encode()), Ok(largest));
}

#[test]
fn every_shorter_and_every_longer_form_is_refused() {
    for message in [presence(), signature(), want(&[1]), want(&[1, 2, 3])] {
        let bytes = message.encode();
        for len in 0..bytes.len() {
            assert!(Message::decode(&bytes[..len]).is_err(), "{message:?} cut to {len}");
        }
        for more in 1..=64 {
            assert!(Message::decode(&[bytes.clone(), vec![0; more]].concat()).is_err(), "{message:?} and {more}");
        }
    }
}

fn any_hash() -> impl Strategy<Value = EverHash> {
    any::<[u8; 32]>().prop_map(EverHash::new)
}

fn any_message() -> impl Strategy<Value = Message> {
    let presence = (any::<u64>(), any::<[u8; 32]>())
        .prop_map(|(batch, root)| Message::Presence { batch, root: StateRoot::new(root) });
    let signature = (any_hash(), any::<[u8; 32]>(), prop::collection::vec(any::<u8>(), 65)).prop_map(
        |(ever_hash, digest, signature)| Message::Signature {
            ever_hash,
            digest,
            signature: signature.try_into().unwrap(),
        },
    );
    let want = prop::collection::btree_set(any_hash(), 1..40)
        .prop_map(|hashes| Message::WantSignatures(Wanted::new(hashes).unwrap()));
    prop_oneof![presence, signature, want]
}

proptest! {
    #[test]
    fn every_message_reads_back(message in any_message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn what_reads_is_what_would_be_written(
        mut bytes in any_message().prop_map(|message| message.encode()),
        place in any::<prop::sample::Index>(),
        with in any::<u8>(),
    ) {
        let place = place.index(bytes.len());
        bytes[place] = with;
        if let Ok(message) = Message::decode(&bytes) {
            prop_assert_eq!(message.encode(), bytes);
        }
    }

    #[test]
    fn noise_is_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let behind_a_good_head = [b"EWW\x01\x03".as_slice(), &bytes].concat();
        for bytes in [bytes, behind_a_good_head] {
            if let Ok(message) = Message::decode(&bytes) {
                prop_assert_eq!(message.encode(), bytes);
            }
        }
    }
}
