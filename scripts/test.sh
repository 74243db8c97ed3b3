#!/usr/bin/env bash
# make test: everything that must hold before a change is shared. Ends with the runners' summaries; fails if any step did.
source "$(dirname "$0")/common.sh"
began=$SECONDS
scripts/setup.sh test
scripts/lint.sh --prepared

logs="$TARGET/test"
mkdir -p "$logs"
failed=()

say 'Web UI: unit and component tests'
npm --prefix ui test 2>&1 | tee "$logs/ui.log" || failed+=('web UI tests')

say 'Rust: building programs and tests'
cargo build --workspace --all-targets

# One screen and one session bus of its own for everything: the web view and the notification need them, nothing else minds.
say 'Rust: all tests'
# The end-to-end tests mostly wait for blocks: one more at a time than two cores would get.
export RUST_TEST_THREADS="${RUST_TEST_THREADS:-3}"
export EVERWATCHD_BIN="$TARGET/debug/everwatchd" EVERWATCH_BIN="$TARGET/debug/everwatch"
xvfb-run -a -s '-screen 0 1440x1000x24' dbus-run-session -- scripts/rust_tests.py 2>&1 \
  | tee "$logs/rust.log" || failed+=('Rust tests')

say 'Summaries'
grep -E '^ *(Test Files|Tests) ' "$logs/ui.log" || true
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; runs += 1 }
     END { printf " Rust: %d test programs, %d passed, %d failed, %d ignored\n", runs, passed, failed, ignored }' "$logs/rust.log"
grep -E '^test .* FAILED$' "$logs/rust.log" || true
printf ' %d min %d s\n' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
if [ "${#failed[@]}" -ne 0 ]; then fail "failed: ${failed[*]}"; fi
say 'All passed'
