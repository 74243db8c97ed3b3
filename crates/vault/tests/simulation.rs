//! Some seeds of the simulation; `watchmen-sim` runs as many as one likes.
#![allow(clippy::unwrap_used, reason = "tests")]

use vault::sim::{self, Sabotage};

#[test]
fn watchmen_pay_every_burn_once_whatever_fails_on_the_way() {
    let (mut crashes, mut undone, mut accused) = (0, 0, 0);
    for seed in 0..36 {
        let report = sim::run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        crashes += report.crashes;
        undone += report.blocks_undone;
        accused += report.accused;
    }
    assert!(crashes > 100 && undone > 100 && accused > 5, "{crashes} crashes, {undone} blocks, {accused} accused");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(sim::run(7), sim::run(7));
}

#[test]
fn a_driver_that_breaks_its_promises_is_found_out() {
    for (sabotage, rule) in
        [(Sabotage::NoJournal, "(W5)"), (Sabotage::DeafToChain, "(W3)"), (Sabotage::Shallow, "(W1)")]
    {
        let failure = (0..30).find_map(|seed| sim::run_sabotaged(seed, sabotage).err());
        let failure = failure.unwrap_or_else(|| panic!("{sabotage:?} is not found"));
        assert!(failure.what.contains(rule), "{sabotage:?}: {failure}");
    }
}
