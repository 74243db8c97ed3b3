#!/usr/bin/env bash
# make soak: the kill tests for hundreds of rounds, those of watchmen for thirty, those of each ceremony of a shared key for sixty.
# ROUNDS, WATCHMEN_ROUNDS, KEEPER_ROUNDS and SEED choose how many and which.
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
cargo test -p tests --test watchmen kill_9 -- --nocapture
export KEEPER_ROUNDS="${KEEPER_ROUNDS:-60}"
say "$KEEPER_ROUNDS rounds each of kill -9 of a keeper of a shared key: key generation, signing, refresh, repair"
exec cargo test -p tests --test frost killed -- --nocapture
