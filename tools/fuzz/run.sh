#!/usr/bin/env bash
# Fuzzes a target for some seconds, from its corpus and what earlier runs found; see docs/testing.md.
# usage: run.sh EXECUTABLE TARGET SECONDS [OPTION OF libFuzzer...]
set -euo pipefail
[ $# -ge 3 ] || { sed -n 3p "$0" >&2; exit 2; }
executable=$1 target=$2 seconds=$3
shift 3
root=$(cd "$(dirname "$0")/../.." && pwd)
if ! "$executable" | grep -qx -e "$target"; then
  echo "run.sh: no target \"$target\"; expected one of $("$executable" | paste -sd ' ')" >&2
  exit 2
fi
work=$root/.build/fuzz-work/$target
mkdir -p "$work/corpus" "$work/faults" "$root/Tests/Corpus/$target"
# Readers open files by their paths; in memory that is several times as fast.
scratch=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)/cleave-fuzz-run-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch CLEAVE_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:quarantine_size_mb=16:allocator_may_return_null=0}
options=(
  -max_total_time="$seconds" -max_len=65536 -len_control=20
  # A second, and four for what the sanitizer and a machine that has other work cost.
  -timeout=5 -report_slow_units=2 -malloc_limit_mb=256 -rss_limit_mb=768
  -artifact_prefix="$work/faults/" -print_final_stats=1 -use_value_profile=1
)
dictionary=$root/Tests/Corpus/$target.dict
[ ! -e "$dictionary" ] || options+=(-dict="$dictionary")
"$executable" "${options[@]}" "$@" "$work/corpus" "$root/Tests/Corpus/$target"
