# Shared by the scripts beside it; sourced, never run. Working directory: the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() { printf 'everwatch: %s\n' "$*" >&2; exit 1; }

# at_least HAVE WANT: is the version HAVE at least WANT?
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# patiently TEXT LOG COMMAND...: runs a command that says little, showing that time passes; its output only if it fails.
patiently() {
  local text="$1" log="$2" status=0 ticker
  shift 2
  say "$text"
  mkdir -p "$(dirname "$log")"
  (start=$SECONDS; while sleep 5; do printf '    … %s s\n' "$((SECONDS - start))"; done) &
  ticker=$!
  trap 'kill "$ticker" 2>/dev/null || true' EXIT
  "$@" >"$log" 2>&1 || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  trap - EXIT
  if [ "$status" -ne 0 ]; then
    tail -n 40 "$log" >&2
    fail "this failed: $* (all of its output: $log)"
  fi
}

# digest FILE...: one hash over names and contents.
digest() { sha256sum -- "$@" | sha256sum | cut -d ' ' -f 1; }

ui_digest() {
  find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print0 \
    | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# The web UI, built only when something in it changed: Rust embeds it, and a new copy means compiling again.
build_ui() {
  local stamp="$TARGET/setup/ui-built"
  if [ -f ui/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(ui_digest)" ]; then return; fi
  say 'Building the web UI'
  npm --prefix ui run --silent build
  mkdir -p "$(dirname "$stamp")"
  # After the build, which also writes generated sources.
  ui_digest >"$stamp"
}
