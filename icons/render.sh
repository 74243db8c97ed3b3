#!/bin/sh
# Renders the PNG files of this folder from its drawings. Needs rsvg-convert (Debian: librsvg2-bin).
set -eu
cd "$(dirname "$0")"

for size in 32 128 256 512; do
    rsvg-convert -w "$size" -h "$size" mark.svg -o "${size}x${size}.png"
done
cp 512x512.png icon.png

# The tray shows the mark in one colour; on-light stands on light panels, on-dark on dark ones.
for state in watching attention danger wait; do
    rsvg-convert -w 48 -h 48 "tray-$state.svg" -o "tray-$state-on-light.png"
    sed 's/#12171C/#F3F5F6/g' "tray-$state.svg" | rsvg-convert -w 48 -h 48 -o "tray-$state-on-dark.png"
done
