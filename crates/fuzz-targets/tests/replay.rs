//! Every fuzz target over its seeds and over seeded mutations of them; a failure names the target and the bytes.

use fuzz_targets::mutate::Mutator;
use fuzz_targets::{Target, targets};
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::Mutex;

/// Runs a target: whether it accepts, or the input that broke a property.
fn check(target: &Target, bytes: &[u8]) -> Result<bool, String> {
    let run = target.check;
    catch_unwind(|| run(bytes)).map_err(|_| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} breaks a property on {hex}", target.name)
    })
}

fn seeds_hold(target: &Target) -> Result<(), String> {
    let seeds = (target.seeds)();
    let mut accepted = 0;
    for seed in &seeds {
        accepted += usize::from(check(target, seed)?);
    }
    if accepted == 0 { Err(format!("{} refuses all of its {} seeds", target.name, seeds.len())) } else { Ok(()) }
}

fn mutations_hold(target: &Target) -> Result<(), String> {
    let seeds = (target.seeds)();
    (0..u64::from(target.mutations)).try_for_each(|number| check(target, &Mutator::new(number).of(&seeds)).map(drop))
}

#[test]
fn every_target_accepts_a_seed_and_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = targets().iter().map(|target| target.name).collect();
    assert!(names.len() == targets().len() && names.len() >= 40, "{names:?}");
    let failures: Vec<String> = targets().into_iter().filter_map(|target| seeds_hold(target).err()).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn no_target_breaks_a_property_on_seeded_mutations() {
    let (left, failures) = (Mutex::new(targets()), Mutex::new(Vec::new()));
    let work = || {
        while let Some(target) = left.lock().ok().and_then(|mut left| left.pop()) {
            if let (Err(failure), Ok(mut failures)) = (mutations_hold(target), failures.lock()) {
                failures.push(failure);
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert!(failures.is_empty(), "{failures:#?}");
}
