#!/usr/bin/env bash
# make soak: the kill tests for hundreds of rounds, those of watchmen for thirty. ROUNDS, WATCHMEN_ROUNDS and SEED choose
# how many and which.
source "$(dirname "$0")/common.sh"
scripts/setup.sh test
build_ui
cargo build --workspace --all-targets
export EVERWATCHD_BIN="$TARGET/debug/everwatchd" ROUNDS="${ROUNDS:-300}"
say "$ROUNDS rounds of kill -9 under load"
cargo test -p tests --test kill --test evm_kill -- --nocapture
# A round is a payout: thirty of them put several kills into every state.
export ROUNDS="${WATCHMEN_ROUNDS:-30}"
say "$ROUNDS rounds of kill -9 of watchmen, in every state of a payout"
exec cargo test -p tests --test watchmen kill_9 -- --nocapture
