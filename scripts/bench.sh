#!/usr/bin/env bash
# make bench: release build, then the benchmarks; writes target/bench/report.json. With a part's name, that part only.
source "$(dirname "$0")/common.sh"
scripts/setup.sh test
build_ui
say 'Building with optimisation (some minutes)'
cargo build --release -p everwatchd -p tests --bins
export EVERWATCHD_BIN="$TARGET/release/everwatchd"
exec "$TARGET/release/bench" "$@"
