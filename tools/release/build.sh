#!/usr/bin/env bash
# Builds the executable that is released: optimized, with the network and Swift's libraries inside, stripped.
# The dependencies are those of tools/release/pins.json, to the commit. Where the tree lies is not in the file.
# usage: build.sh OUT; needs the current directory to be the top of a checkout, and leaves in the directory OUT
# the executable, cleave, and what Swift says of the packages in it, graph.json
set -euo pipefail
out=${1:?usage: build.sh OUT}
[ -f Package.swift ] || { echo "build.sh: $PWD: no Package.swift; run it at the top of a checkout" >&2; exit 2; }

# What was resolved for other builds comes back afterwards.
kept=$(mktemp)
if [ -f Package.resolved ]; then cp Package.resolved "$kept"; fi
restore() {
  if [ -s "$kept" ]; then mv "$kept" Package.resolved; else rm -f "$kept" Package.resolved; fi
}
trap restore EXIT
cp tools/release/pins.json Package.resolved

mkdir -p "$out"
options=(--scratch-path .build/static --traits Network --force-resolved-versions)
# What makes two builds differ with Swift 6.3: two passes of its optimizer, which go over tables of addresses (loop-unroll,
# bcopts); hashes of what LLVM was given, for builds that go on; and debug information, which is stripped anyway.
same=(-debug-info-format none -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=loop-unroll
  -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=bcopts -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen)
swift build -c release "${options[@]}" --product cleave --static-swift-stdlib "${same[@]}" \
  -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=." -Xcxx "-ffile-prefix-map=$PWD=."
swift package "${options[@]}" show-dependencies --format json > "$out/graph.json"
strip --strip-all --remove-section=.comment -o "$out/cleave.new" .build/static/release/cleave
mv "$out/cleave.new" "$out/cleave"
