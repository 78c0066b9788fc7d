#!/usr/bin/env bash
# Builds what is released again, in another folder, and compares the bytes.
# usage: reproduce.sh [WORK]; checkouts of the current commit are made in WORK, a new directory if none is named. The first build is
# that of `make release`, if it is of this commit, or else one more checkout's, built at the same time.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(realpath "$work")

# build NAME: builds in $work/NAME, and leaves what is built in $work/NAME.built
build() {
  rm -rf "${work:?}/$1"
  mkdir "$work/$1"
  git archive HEAD | tar -x -C "$work/$1"
  echo "== $work/$1"
  (cd "$work/$1" && tools/release/build.sh "$work/$1.built")
  rm -rf "${work:?}/$1"
}

first=$PWD/.build/released
other=
if [ "$(cat "$first/commit" 2>/dev/null)" = "$(git rev-parse HEAD)" ]; then
  echo "== $first, as it was released"
else
  build one &
  other=$!
  first=$work/one.built
fi
build a-folder-with-a-longer-name
second=$work/a-folder-with-a-longer-name.built
[ -z "$other" ] || wait "$other"
sha256sum "$first/cleave" "$second/cleave"
if cmp "$first/cleave" "$second/cleave"; then
  echo "the same bytes"
else
  echo "reproduce.sh: the two builds differ" >&2
  exit 1
fi
