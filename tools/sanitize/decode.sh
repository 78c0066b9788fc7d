#!/usr/bin/env bash
# Runs the decode loop of tiny models under valgrind: every family, with block types, KV caches and instruction sets by turns.
# usage: decode.sh CLEAVE [FAMILY...]; families are folders of Tests/Golden/families, all if none is named
set -euo pipefail
cleave=$(realpath "${1:?usage: decode.sh CLEAVE [FAMILY...]}")
shift
here=$(cd "$(dirname "$0")" && pwd)
families=$here/../../Tests/Golden/families
[ $# -gt 0 ] || mapfile -t names < <(ls "$families")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# valgrind 3.19 does not read all of Swift's debugging information.
strip --strip-debug -o "$work/cleave" "$cleave"
"${CC:-cc}" -shared -fPIC -O1 -o "$work/main.so" "$here/dispatch_main.c"
recipes=(q8_0 q4_0 q4_k q5_1 q6_k none) caches=(f16 q8_0 f32) sets=(best scalar)
number=0 failed=0
for family in "${@:-${names[@]}}"; do
  recipe=${recipes[number % 6]} cache=${caches[number % 3]} set=${sets[number / 3 % 2]}
  number=$((number + 1))
  "$cleave" import "$families/$family" -o "$work/$family" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  model=$work/$family
  # What came quantized stays as it is.
  [[ $family != *mxfp4* ]] || recipe=none
  if [ "$recipe" != none ]; then
    "$cleave" quantize "$model" --recipe "$recipe" -o "$model-$recipe" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    model=$model-$recipe
  fi
  # OpenBLAS's threads have nothing to do with decoding, and valgrind starts each slowly.
  variables=(OPENBLAS_NUM_THREADS=1 LD_PRELOAD="$work/main.so")
  [ "$set" = best ] || variables+=(CLEAVE_ISA="$set")
  if valgrind --quiet --error-exitcode=9 --trace-children=yes --log-file="$work/faults" \
    env "${variables[@]}" "$work/cleave" run "$model" --kv-cache "$cache" --threads 2 --max-tokens 12 \
    -p "What is 5 and 4?" > "$work/log" 2>&1; then
    echo "$family $recipe $cache $set: well"
  else
    echo "$family $recipe $cache $set: WRONG"
    cat "$work/log" "$work/faults"
    failed=1
  fi
done
exit $failed
