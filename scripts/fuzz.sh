#!/usr/bin/env bash
# make fuzz: looks for inputs that break a decoder (crates/fuzz-targets) with libFuzzer. fuzz.sh [TARGET [SECONDS]]: one target
# instead of all ("list" prints them), how long each (60). PROGRAMS=1: also the decoders of the programs, whose build is long
# (libp2p, alloy, SQLite). What breaks one lies in fuzz/artifacts/TARGET, what was learnt in fuzz/corpus/TARGET.
# Works on stable Rust: no sanitizers, as no code of ours is unsafe; overflows and debug assertions are checked.
source "$(dirname "$0")/common.sh"
export PATH="$PATH:$HOME/.cargo/bin"
chosen="${1:-}" each="${2:-60}"
features=() seed_features=(--no-default-features)
if [ "${PROGRAMS:-0}" = 1 ]; then features=(--features programs) seed_features=(); fi

say 'Seeds of all targets'
rm -rf fuzz/seeds
cargo run -q -p fuzz-targets --bin fuzz-seeds "${seed_features[@]}" -- fuzz/seeds
targets=("$chosen")
if [ -z "$chosen" ] || [ "$chosen" = list ]; then mapfile -t targets < <(ls fuzz/seeds); fi
if [ "$chosen" = list ]; then printf '%s\n' "${targets[@]}"; exit; fi

if ! cargo fuzz --version >/dev/null 2>&1; then
  patiently 'Installing cargo-fuzz' "$TARGET/setup/cargo-fuzz.log" cargo install --locked cargo-fuzz@0.13.2
fi
say 'Building with the fuzzer'"'"'s instruments (some minutes)'
cargo fuzz build -s none "${features[@]}" decode

broken=()
for target in "${targets[@]}"; do
  [ -d "fuzz/seeds/$target" ] || fail "no target $target; scripts/fuzz.sh list names them"
  say "$target, $each s"
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
  EVERWATCH_FUZZ_TARGET="$target" cargo fuzz run -s none "${features[@]}" decode "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
    -max_total_time="$each" -timeout=20 -rss_limit_mb=2048 -max_len=131072 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="fuzz/artifacts/$target/" || broken+=("$target")
done
if [ "${#broken[@]}" -ne 0 ]; then fail "broken: ${broken[*]} (see fuzz/artifacts)"; fi
say 'Nothing found'
