#!/usr/bin/env bash
# Puts into Tests/Corpus the fewest inputs that reach every edge which some input is known to reach: of the
# corpus, of what runs found, and of other directories. Inputs named fault-* stay: they once showed one.
# usage: merge.sh EXECUTABLE TARGET [DIRECTORY...]
set -euo pipefail
[ $# -ge 2 ] || { sed -n 4p "$0" >&2; exit 2; }
executable=$1 target=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
corpus=$root/Tests/Corpus/$target
work=$root/.build/fuzz-work/$target
mkdir -p "$work/corpus" "$corpus"
scratch=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)/cleave-fuzz-merge-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/merged"
export TMPDIR=$scratch CLEAVE_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:quarantine_size_mb=16}
"$executable" -merge=1 -use_counters=0 -max_len=65536 -timeout=5 "$scratch/merged" "$corpus" "$work/corpus" "$@"
find "$corpus" -type f ! -name 'fault-*' -delete
for input in "$scratch"/merged/*; do
  cp "$input" "$corpus/$(sha1sum <"$input" | head -c 12)"
done
