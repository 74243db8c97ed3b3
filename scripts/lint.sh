#!/usr/bin/env bash
# make lint: formatting and lints of both languages, warnings denied.
source "$(dirname "$0")/common.sh"
if [ "${1:-}" != --prepared ]; then scripts/setup.sh test; fi
say 'Rust: formatting'
cargo fmt --all --check
say 'Web UI: formatting, lints, types'
npm --prefix ui run --silent format:check
npm --prefix ui run --silent lint
npm --prefix ui run --silent check
build_ui
say 'Rust: clippy'
cargo clippy --workspace --all-targets -- -D warnings
