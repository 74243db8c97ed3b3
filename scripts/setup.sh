#!/usr/bin/env bash
# Checks the prerequisites and installs what is missing: `setup.sh run` or `setup.sh test` (which needs more).
# Quick and silent when nothing is missing. Changes only system packages, ui/node_modules and counterparts/node_modules.
source "$(dirname "$0")/common.sh"
purpose="${1:-run}"

packages=(build-essential pkg-config python3 libssl-dev libwebkit2gtk-4.1-dev libayatana-appindicator3-1)
if [ "$purpose" = test ]; then
  packages+=(xvfb xauth dbus dunst webkit2gtk-driver imagemagick xdotool chromium fonts-dejavu-core fonts-droid-fallback)
  # For Bitcoin Core's daemon.
  packages+=(cmake ninja-build g++ libboost-dev)
fi

check_system() {
  local id='' version=''
  if [ -r /etc/os-release ]; then
    id="$(. /etc/os-release; printf '%s' "${ID:-}")"
    version="$(. /etc/os-release; printf '%s' "${VERSION_ID:-}")"
  fi
  if [ "$(uname -m)" != x86_64 ]; then
    say "This machine is $(uname -m); Everwatch is tried on x86-64 only. Going on."
  fi
  if [ "$id" = debian ] && [ -n "$version" ] && ! at_least "$version" 12; then
    fail "this is Debian $version; version 12 or newer is needed (older ones lack the web view libraries). Please upgrade."
  fi
}

install_packages() {
  local missing=() have package root=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    for tool in cc pkg-config python3; do
      command -v "$tool" >/dev/null || fail "$tool is missing and this is not Debian: please install what Debian calls: ${packages[*]}"
    done
    pkg-config --exists openssl webkit2gtk-4.1 \
      || fail "the development files of OpenSSL or WebKitGTK 4.1 are missing and this is not Debian: please install what Debian calls: ${packages[*]}"
    return
  fi
  have=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "${packages[@]}" 2>/dev/null || true)"
  for package in "${packages[@]}"; do
    [[ "$have" == *" installed=$package "* ]] || missing+=("$package")
  done
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "as root, please run: apt-get install -y --no-install-recommends ${missing[*]}"
    root=(sudo)
    # Without a terminal nobody could answer a question for the password.
    if [ ! -t 0 ]; then root=(sudo -n); fi
  fi
  say "Installing Debian packages: ${missing[*]}"
  local install=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
  "${install[@]}" && return
  say 'Trying again with a fresh list of packages'
  "${root[@]}" apt-get update -q
  "${install[@]}" || fail "apt could not install: ${missing[*]}"
}

check_rust() {
  command -v cargo >/dev/null && command -v rustc >/dev/null \
    || fail 'Rust is missing: please install Rust 1.95 or newer (https://rustup.rs).'
  local version
  version="$(rustc --version | cut -d ' ' -f 2)"
  at_least "$version" 1.95 || fail "Rust $version is too old, 1.95 or newer is needed: run \"rustup update stable\"."
  if [ "$purpose" = test ]; then
    local part
    for part in rustfmt clippy; do
      "cargo-${part/rustfmt/fmt}" --version >/dev/null 2>&1 && continue
      command -v rustup >/dev/null || fail "$part is missing: please install it with your Rust."
      rustup component add "$part"
    done
  fi
}

check_node() {
  command -v node >/dev/null && command -v npm >/dev/null \
    || fail 'Node.js with npm is missing: please install Node 20.19 or newer (https://nodejs.org).'
  local version
  version="$(node --version)"
  at_least "${version#v}" 20.19 || fail "Node $version is too old, 20.19 or newer is needed (https://nodejs.org)."
}

# npm_folder FOLDER TEXT: installs exactly what the lock file says, once per lock file.
npm_folder() {
  local folder="$1" text="$2" stamp="$1/node_modules/.installed" now
  now="$(digest "$folder/package.json" "$folder/package-lock.json") $(node --version)"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return; fi
  patiently "$text" "$TARGET/setup/npm-$folder.log" npm --prefix "$folder" ci --no-audit --no-fund
  if [ -d "$folder/node_modules/sqlite3" ] && [ ! -f "$folder/node_modules/sqlite3/build/Release/node_sqlite3.node" ]; then
    patiently 'Compiling sqlite3 for arlocal' "$TARGET/setup/npm-sqlite3.log" npm --prefix "$folder" rebuild sqlite3
  fi
  printf '%s\n' "$now" >"$stamp"
}

check_system
command -v make >/dev/null || fail 'make is missing: please install it.'
check_rust
check_node
install_packages

# Native modules compile against the headers that belong to this very Node, where it brings them.
node_home="$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")"
if [ -d "$node_home/include/node" ]; then export npm_config_nodedir="$node_home"; fi
npm_folder ui 'Installing the npm packages of the web UI'
npm_folder counterparts 'Installing the counterpart programs (arlocal, anvil, solc and the everPay SDK; one part is compiled, about a minute)'
if [ "$purpose" = test ]; then scripts/bitcoind.sh >/dev/null; fi
