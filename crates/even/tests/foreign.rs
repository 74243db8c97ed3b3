//! Foreign bytes of any shape give a refusal or the one value that they encode, never a panic.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NETWORK, attach, data, payment};
use even::block::{EpochRecord, Equivocation, Head, Record, Signed, Ticket};
use even::channel::Frame;
use even::cid::Cid;
use even::identity::NodeKey;
use even::ids::{Address, NodeId};
use even::message::{check, genesis};
use even::units::{Epoch, Time};
use even::wire::{Answer, Request};
use proptest::prelude::*;

/// Everything that reads bytes of others reads these; what is read encodes to the same bytes.
fn read_by_all(bytes: &[u8]) {
    for message in [check(bytes, NETWORK, 0).ok(), genesis(bytes, NETWORK).ok()].into_iter().flatten() {
        assert_eq!(message.encode(), bytes);
    }
    let _ = Signed::<Record>::decode(bytes).map(|block| assert_eq!(block.bytes(), bytes));
    let _ = Signed::<Head>::decode(bytes);
    let _ = Signed::<Ticket>::decode(bytes);
    let _ = Signed::<EpochRecord>::decode(bytes);
    let _ = Equivocation::decode(bytes).map(|proof| assert_eq!(proof.encode(), bytes));
    let _ = Frame::parse(Address([0; 32]), bytes);
    if let Ok(request) = Request::decode(bytes) {
        assert_eq!(Request::decode(&request.encode()).as_ref(), Ok(&request));
        let _ = Answer::decode(bytes, &request);
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let key = NodeKey::from_secret(&[1; 32]);
    let record = Signed::seal(Record::after(None, key.node(), Epoch(0), Time(0)), &key).unwrap();
    vec![
        attach(payment(1), 0).encode(),
        attach(data("text"), 0).encode(),
        record.bytes().to_vec(),
        Request::Head(key.node()).encode(),
        Request::Push(vec![vec![1, 2, 3]]).encode(),
    ]
}

proptest! {
    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        read_by_all(&bytes);
    }

    #[test]
    fn altered_bytes(which in 0_usize..5, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()) {
        let mut bytes = seeds().swap_remove(which);
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        read_by_all(&bytes);
        read_by_all(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn random_texts(text in ".{0,80}") {
        let _ = text.parse::<Address>().map(|address| assert_eq!(address.to_string(), text.to_lowercase()));
        let _ = text.parse::<Cid>().map(|cid| assert_eq!(cid.to_string(), text));
        let _ = NodeId::from_peer_id(&text).map(|node| assert_eq!(node.peer_id(), text));
    }

    #[test]
    fn rule_14_a_texts_of_any_length_survive_composing_and_encoding(text in "[a-zé]{0,3000}") {
        let message = attach(data(&text), 0);
        prop_assert_eq!(message.data(0), text.as_bytes());
        prop_assert_eq!(check(&message.encode(), NETWORK, 0), Ok(message));
    }
}
