#!/usr/bin/env bash
# Builds the executable that is released: optimized, with the network and Swift's libraries inside, stripped.
# The dependencies are those of tools/release/pins.json, to the commit. Where the tree lies is not in the file.
# usage: build.sh OUT; needs the current directory to be the top of a checkout, and leaves in the directory OUT
# the executable, cleave, and what Swift says of the packages in it, graph.json; .build/static leads to the build
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

static=/.build/static

# Swift 6.3 writes the length of a file's path, though not the path, into functions with `withoutActuallyEscaping`
# (swift_isEscapingClosureAtFileLocation); so the folder of the build, where the packages' sources are, has a path of one
# length wherever the tree lies.
length=120
pad=$((length - ${#PWD} - ${#static}))
if [ "$pad" -lt 0 ]; then
  echo "build.sh: $PWD: a path of ${#PWD} bytes, expected at most $((length - ${#static})); build in another folder" >&2
  exit 2
fi
folder=$PWD$static$(printf "%${pad}s" | tr ' ' -)
mkdir -p "$out" "$folder"
[ -L "$PWD$static" ] || rm -rf "${PWD:?}$static"
ln -sfn "$(basename "$folder")" "$PWD$static"

options=(--scratch-path "$folder" --traits Network --force-resolved-versions)
# What else makes two builds differ: two passes of the optimizer, which go over tables of addresses (loop-unroll, bcopts);
# hashes of what LLVM was given, for builds that go on; and debug information, which is stripped anyway.
same=(-debug-info-format none -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=loop-unroll
  -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=bcopts -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen)
for map in "$folder=.$static" "$PWD=."; do
  same+=(-Xswiftc -file-prefix-map -Xswiftc "$map" -Xcc "-ffile-prefix-map=$map" -Xcxx "-ffile-prefix-map=$map")
done
swift build -c release "${options[@]}" --product cleave --static-swift-stdlib "${same[@]}"
swift package "${options[@]}" show-dependencies --format json > "$out/graph.json"
strip --strip-all --remove-section=.comment -o "$out/cleave.new" "$folder/release/cleave"
mv "$out/cleave.new" "$out/cleave"
