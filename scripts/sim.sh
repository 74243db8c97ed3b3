#!/usr/bin/env bash
# make sim: the watchmen's simulation over many seeds; a failing seed is printed and fails again by itself (SEEDS=1 FROM=it).
source "$(dirname "$0")/common.sh"
scripts/setup.sh test
exec cargo run --release -p vault --bin watchmen-sim -- --seeds "${SEEDS:-10000}" --from "${FROM:-1}"
