#!/usr/bin/env bash
# Bitcoin Core's daemon, for tests: built from the source that a crate of the registry carries (scripts/bitcoind/Cargo.lock has
# its checksum, which cargo verifies), once, into a cache outside the tree. Prints the program's path; all else goes to stderr.
# Quick when it is there and unharmed. Changes nothing but ${EVERWATCH_CACHE:-${XDG_CACHE_HOME:-~/.cache}/everwatch}.
source "$(dirname "$0")/common.sh"
exec 3>&1 1>&2

manifest=scripts/bitcoind/Cargo.toml
version="$(sed -n 's/^libbitcoinkernel-sys = "=\(.*\)"$/\1/p' "$manifest")"
folder="${EVERWATCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/everwatch}/bitcoind-$version"
program="$folder/bitcoind"

intact() { [ -x "$program" ] && (cd "$folder" && sha256sum --quiet --check bitcoind.sha256) && "$program" -version >/dev/null; }
answer() { printf '%s\n' "$program" >&3; exit 0; }

if intact 2>/dev/null; then answer; fi
for tool in cmake ninja g++ python3 flock; do
  command -v "$tool" >/dev/null || fail "$tool is missing, which building Bitcoin Core's daemon takes (Debian: cmake ninja-build g++ libboost-dev python3 util-linux)"
done
mkdir -p "$folder"
# Whoever comes second waits, and finds it built.
exec 9>"$folder/.lock"
flock 9
if intact 2>/dev/null; then answer; fi

cargo fetch --locked --manifest-path "$manifest"
source_of() {
  cargo metadata --locked --manifest-path "$manifest" --format-version 1 | python3 -c 'import json, os, sys
print(next(os.path.dirname(p["manifest_path"]) for p in json.load(sys.stdin)["packages"] if p["name"] == "libbitcoinkernel-sys"))'
}
core="$(source_of)/bitcoin"
build="$(mktemp -d "$folder/build.XXXXXX")"
trap 'rm -rf "$build"' EXIT

compile() {
  # The table of autonomous systems is not in the crate; wallet, window and tests neither.
  cmake -G Ninja -S "$core" -B "$build" -DCMAKE_BUILD_TYPE=Release -DAPPEND_CXXFLAGS='-O1 -g0' -DAPPEND_CFLAGS=-g0 \
    -DBUILD_DAEMON=ON -DBUILD_CLI=OFF -DBUILD_BITCOIN_BIN=OFF -DBUILD_TX=OFF -DBUILD_UTIL=OFF -DBUILD_TESTS=OFF -DBUILD_BENCH=OFF \
    -DENABLE_WALLET=OFF -DENABLE_IPC=OFF -DENABLE_EXTERNAL_SIGNER=OFF -DWITH_EMBEDDED_ASMAP=OFF
  nice -n 5 ninja -C "$build" bitcoind
}
# In a shell of its own: `patiently` sets its own trap at exit.
(patiently "Compiling Bitcoin Core's daemon (once; about ten minutes on two cores)" "$folder/build.log" compile)
strip -o "$folder/bitcoind.new" "$build/bin/bitcoind"
mv "$folder/bitcoind.new" "$program"
(cd "$folder" && sha256sum bitcoind >bitcoind.sha256)
intact || fail "the daemon that was built does not start: $program"
answer
