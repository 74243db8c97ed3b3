//! One program for all targets, chosen by `EVERWATCH_FUZZ_TARGET`: each would link the same crates.
#![no_main]

use fuzz_targets::Target;
use std::sync::OnceLock;

static TARGET: OnceLock<&Target> = OnceLock::new();

fn chosen() -> &'static Target {
    let name = std::env::var("EVERWATCH_FUZZ_TARGET").unwrap_or_default();
    fuzz_targets::target(&name).unwrap_or_else(|| {
        let names: Vec<&str> = fuzz_targets::targets().iter().map(|target| target.name).collect();
        panic!("EVERWATCH_FUZZ_TARGET is one of:\n{}", names.join("\n"))
    })
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(chosen);
    let _ = (target.check)(bytes);
});
