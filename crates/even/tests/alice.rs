//! The example of the paper, section 1.4: Alice pays Bob.
#![allow(clippy::unwrap_used, reason = "tests")]

use even::hash::zeros;
use even::identity::NodeKey;
use even::ids::{Address, MessageId, Network, Tag};
use even::keys::Seed;
use even::message::{Attachment, Message, Output, Payment, Spend, check};
use even::transaction::Branches;
use even::units::{Amount, Time};
use zeroize::Zeroizing;

const TAG: Tag = Tag::of("SAMPLE");
const BITS: u32 = 8;

struct Example {
    alice: Seed,
    bob: Seed,
    place: Attachment,
}

fn bytes(hex: &str) -> [u8; 32] {
    const_hex::decode_to_array(hex).unwrap()
}

fn id(hex: &str) -> MessageId {
    hex.parse().unwrap()
}

fn example() -> Example {
    let seed = |hex| Seed::new(Zeroizing::new(bytes(hex)));
    let branches = [
        id("003dff7efbfe6cc984e51b01c7883117c8e0b722d16fe3f96196dffbf0112daa"),
        id("00126e76193c875df7ec524297053bd82bdaa47366a2c628d5783ef3f64374a9"),
    ];
    Example {
        alice: seed("27149fe32f6626f1869360d86b48db58f7d345f1ccab8902a8fb207f5903e053"),
        bob: seed("aa3d9ce77d27935e0b8b57f532d3144af7b97364c8f20538e593acb0907f0ac1"),
        place: Attachment {
            issuer: NodeKey::from_secret(&bytes("96c42bab27aa591fa1ce664993406a13b254c296195675526457459eeabe460a"))
                .node(),
            trunk: Some(id("005c717238b5e3d3559bac4ab62829885a6ee18dd2b1ef7a96f85763b3be9e0a")),
            branches: Branches::new(&branches).unwrap(),
        },
    }
}

fn units(amount: u64) -> Amount {
    Amount::new(amount).unwrap()
}

fn text(address: Address, amount: u64) -> Output {
    Output { address, amount: units(amount), tag: TAG, data: b"TEST".to_vec() }
}

impl Example {
    /// Her addresses 0 to 3 hold 10, 5, 25 and 60 units.
    fn purse(&self) -> Vec<Spend> {
        let lie = |(index, amount)| Spend { address: self.alice.address(0, index), amount: units(amount) };
        [(0, 10), (1, 5), (2, 25), (3, 60)].map(lie).to_vec()
    }

    fn payment(&self, fees: Vec<Output>, remainder: u64) -> Payment {
        Payment {
            network: Network::TEST,
            time: Time(1_541_030_400_000),
            tag: TAG,
            outputs: vec![text(self.bob.address(0, 0), 80)],
            fees,
            inputs: self.purse(),
            remainder: Some(text(self.alice.address(0, 4), remainder)),
        }
    }

    /// Safe bundle hash, signatures, links, work: whoever receives it finds nothing wrong.
    fn send(&self, payment: &Payment) -> Message {
        let bundled = payment.compose().unwrap().finalise();
        let key_of = |address: &Address| (0..4).find(|index| self.alice.address(0, *index) == *address);
        let signed = bundled.sign(|address| Some(self.alice.key(0, key_of(address)?))).unwrap();
        let attached = signed.attach(&self.place);
        let counter = attached.search(BITS, 0..1 << 16).unwrap();
        let message = attached.with_counter(counter);
        assert_eq!(check(&message.encode(), Network::TEST, BITS).as_ref(), Ok(&message));
        message
    }
}

fn values(message: &Message) -> Vec<i64> {
    message.transactions().iter().map(|transaction| transaction.value.units()).collect()
}

#[test]
fn rule_6_6_alice_pays_80_units_to_bob_from_four_addresses() {
    let example = example();
    let message = example.send(&example.payment(vec![], 20));

    // Ten transactions: the output, four inputs each with the second part of its signature, the remainder.
    assert_eq!(values(&message), [80, -10, 0, -5, 0, -25, 0, -60, 0, 20]);
    let transactions = message.transactions();
    for pair in transactions[1..9].chunks(2) {
        assert_eq!(pair[0].address, pair[1].address);
    }
    assert!(
        transactions
            .iter()
            .zip(0..)
            .all(|(transaction, index)| (transaction.index, transaction.last_index) == (index, 9))
    );

    // Output and remainder carry the text TEST, all tags are SAMPLE.
    assert_eq!((message.data(0), message.data(9)), (b"TEST".to_vec(), b"TEST".to_vec()));
    assert!(transactions.iter().all(|transaction| transaction.tag == TAG));

    // The obsolete tag of the head was counted up 84 times until the bundle hash was safe.
    assert_eq!(message.head().obsolete_tag.0[23], 84);
    assert!(message.bundle().to_string().starts_with("b2e62662"));

    // Every transaction names the next one; the last names her previous message, all name messages of two others.
    for pair in transactions.windows(2) {
        assert_eq!(pair[0].trunk, pair[1].hash());
    }
    assert_eq!(message.trunk(), example.place.trunk);
    assert_eq!(message.branches(), &example.place.branches[..]);

    // Eight zero bits were found with counter 91.
    assert_eq!((message.head().counter(), zeros(&message.id().0)), (91, 8));
    assert!(message.id().to_string().starts_with("00c878c7"));
}

#[test]
fn rule_6_7_passive_alice_also_pays_two_nodes_for_their_heads() {
    let example = example();
    let fee = |node| Output { address: Address([node; 32]), amount: units(1), tag: Tag::FEE, data: vec![node; 36] };
    let message = example.send(&example.payment(vec![fee(1), fee(2)], 18));
    assert_eq!(values(&message), [80, 1, 1, -10, 0, -5, 0, -25, 0, -60, 0, 18]);
    assert_eq!(message.head().last_index, 11);
    assert_eq!(message.outputs().filter(|output| output.tag == Tag::FEE).count(), 2);
}

#[test]
fn rule_6_9_a_payment_of_31_inputs_fills_a_message_and_32_do_not_fit() {
    let alice = example().alice;
    let payment = |inputs: u64| Payment {
        outputs: vec![text(Address([1; 32]), inputs)],
        inputs: (0..inputs).map(|at| Spend { address: Address([at as u8 + 10; 32]), amount: units(1) }).collect(),
        ..example().payment(vec![], 0)
    };
    let whole = payment(31).compose().unwrap().finalise();
    assert!(payment(32).compose().is_err());
    let missing = whole.clone().sign(|_| None).unwrap_err();
    assert_eq!(missing, even::message::SignError::NoKey(Address([10; 32])));
    let wrong = whole.sign(|_| Some(alice.key(0, 0))).unwrap_err();
    assert_eq!(wrong, even::message::SignError::OtherKey(Address([10; 32])));
}
