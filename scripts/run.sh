#!/usr/bin/env bash
# make run: set up, build (development profile: it compiles in a third of the time and is fast enough for one machine),
# then a whole network with the desktop app on it. Data: EVERWATCH_DATA, by default below the user's data folder.
source "$(dirname "$0")/common.sh"
scripts/setup.sh run
build_ui
say 'Building Everwatch (the first time takes some minutes)'
cargo build --workspace --bins
data="${EVERWATCH_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/everwatch/devnet}"
say 'The window is a watchman: its practice keystore opens with practice-only-1234'
say "Starting the devnet; data: $data; Ctrl-C stops everything"
exec "$TARGET/debug/everwatchd" devnet --open --data-dir "$data" "$@"
