#!/usr/bin/env bash
# make sim: the simulations of the watchmen and of EVEN over many seeds; a failing seed is printed and fails again by itself
# (SEEDS=1 FROM=it).
source "$(dirname "$0")/common.sh"
scripts/setup.sh test
range=(--seeds "${SEEDS:-10000}" --from "${FROM:-1}")
cargo run --release -p vault --bin watchmen-sim -- "${range[@]}"
even=(cargo run --release -p even-sim --bin even-sim --)
say 'EVEN: an adversary who decides about delivery, with all rules and without two of them'
"${even[@]}" --conformance "${range[@]}"
say 'EVEN: small networks with every kind of misbehaviour'
exec "${even[@]}" "${range[@]}" --nodes 7 --light --seconds 10 --rate 2 --loss 0.05 \
  --behaviour double-spend=1 --behaviour equivocate=1
