#!/usr/bin/env bash
# make soak: the kill tests for hundreds of rounds. ROUNDS and SEED choose how many and which.
source "$(dirname "$0")/common.sh"
scripts/setup.sh test
build_ui
cargo build --workspace --all-targets
export EVERWATCHD_BIN="$TARGET/debug/everwatchd" ROUNDS="${ROUNDS:-300}"
say "$ROUNDS rounds of kill -9 under load"
exec cargo test -p tests --test kill --test evm_kill --test watchmen -- --nocapture
