//! Whatever the order of blocks, batches, restarts and reorganisations: who watched all along says what who starts afresh says.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
enum Happens {
    /// A burn with this nonce goes into a batch.
    Burn(u8),
    /// The vault pays a burn (of which there may be none), rightly or by another recipient.
    Pays(u8, bool),
    /// An owner signs for one.
    Signs(u8, bool),
    /// The chain's newest block is replaced by an empty one.
    Undone,
    Settles,
    Round,
    Restart,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        (0_u8..4).prop_map(Happens::Burn),
        (0_u8..4, any::<bool>()).prop_map(|(burn, right)| Happens::Pays(burn, right)),
        (0_u8..4, any::<bool>()).prop_map(|(burn, right)| Happens::Signs(burn, right)),
        Just(Happens::Undone),
        Just(Happens::Settles),
        Just(Happens::Round),
        Just(Happens::Restart),
    ]
}

fn numbered(number: u8) -> Transaction {
    burn(u64::from(number) + 1, u64::from(number) + 50)
}

fn payment(number: u8, right: bool) -> Proposal {
    let proposal = paying(&numbered(number));
    if right { proposal } else { Proposal { to: [5; 20], ..proposal } }
}

/// Rule, code and key of what is open.
fn told(place: &Place) -> BTreeSet<(String, String)> {
    place.open().into_iter().map(|alert| (alert.code, alert.key)).collect()
}

async fn run(schedule: Vec<Happens>) {
    let mut place = Place::new().await;
    let (mut burnt, mut proposals) = (Vec::new(), 1_u64..);
    for happens in schedule {
        match happens {
            // Nonces rise, so that each burn takes effect.
            Happens::Burn(number) if burnt.iter().all(|known| *known < number) => {
                burnt.push(number);
                place.take(&[numbered(number)]);
            }
            Happens::Burn(_) => {}
            // The contract carries out a proposal once; everPay's own does not know burns.
            Happens::Pays(number, right) => {
                let proposal_id = Amount::from(proposals.next().unwrap());
                place.chain.lay(vec![Event::Execution(Proposal { proposal_id, ..payment(number, right) })]);
            }
            Happens::Signs(number, right) => place.chain.lay(vec![signed(21, &payment(number, right))]),
            Happens::Undone if place.chain.hash(1).is_some() => {
                place.chain.undo();
                place.chain.lay(Vec::new());
            }
            Happens::Undone => {}
            Happens::Settles => place.settle().await,
            Happens::Round => place.round().await,
            Happens::Restart => place.restart(),
        }
    }
    place.settle().await;
    place.look().await;
    place.look().await;
    let mut fresh = Place::on(place.chain.clone()).await;
    for number in burnt {
        fresh.take(&[numbered(number)]);
    }
    fresh.settle().await;
    fresh.look().await;
    assert_eq!(told(&place), told(&fresh));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn who_watched_all_along_says_what_who_starts_afresh_says(schedule in prop::collection::vec(happens(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(schedule));
    }
}
