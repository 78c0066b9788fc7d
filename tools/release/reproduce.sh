#!/usr/bin/env bash
# Builds what is released twice, in two folders, and compares the bytes.
# usage: reproduce.sh [WORK]; two checkouts of the current commit are made in WORK, a new directory if none is named
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${1:-$(mktemp -d)}
mkdir -p "$work"
for name in one a-folder-with-a-longer-name; do
  rm -rf "${work:?}/$name"
  mkdir "$work/$name"
  git archive HEAD | tar -x -C "$work/$name"
  echo "== $work/$name"
  (cd "$work/$name" && tools/release/build.sh "$work/$name.built")
  rm -rf "${work:?}/$name"
done
sha256sum "$work"/*.built/cleave
if cmp "$work/one.built/cleave" "$work/a-folder-with-a-longer-name.built/cleave"; then
  echo "the same bytes"
else
  echo "reproduce.sh: the two builds differ" >&2
  exit 1
fi
