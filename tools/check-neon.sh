#!/usr/bin/env bash
# Whether the kernels have the same bits in every variant: those of this machine, and NEON without an ARM
# machine. Builds tools/kernel-digest for this machine and for ARM, runs that one in an emulator, and compares.
# usage: check-neon.sh [--native]; with it only the variants of this machine, which takes seconds
# Needs clang and, by Debian's names, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, qemu-user.
set -euo pipefail

cd "$(dirname "$0")/.."
native=${1:-}
tools=("${CLANG:=clang}")
[ "$native" = --native ] || tools+=(qemu-aarch64 aarch64-linux-gnu-gcc)
for tool in "${tools[@]}"; do
  if ! command -v "$tool" >/dev/null; then
    echo "check-neon: no $tool here" >&2
    exit 2
  fi
done
work=$(mktemp -d "${TMPDIR:-/tmp}/check-neon.XXXXXX")
trap 'rm -rf "$work"' EXIT

build() { # NAME, FLAGS...
  local name=$1
  shift
  "$CLANG" -std=c17 -O2 -I Sources/Kernels -I Sources/Kernels/include "$@" \
    -o "$work/$name" Sources/Kernels/*/*.c tools/kernel-digest/*.c -lm -lpthread
}
build native
[ "$native" = --native ] || build arm --target=aarch64-linux-gnu -static

"$work/native" scalar 1 >"$work/expected"
failed=0
compare() { # VARIANT, COMMAND...
  local variant=$1 rc=0
  shift
  "$@" "$variant" 3 >"$work/digests" || rc=$?
  if [ $rc -eq 3 ]; then
    echo "$variant: not on this machine"
  elif [ $rc -ne 0 ]; then
    echo "$variant: ended with $rc"
    failed=1
  elif diff "$work/expected" "$work/digests"; then
    echo "$variant: $(wc -l <"$work/digests") digests equal those of scalar"
  else
    echo "$variant: differs"
    failed=1
  fi
}
for variant in avx2 avx512; do compare $variant "$work/native"; done
[ "$native" = --native ] || for variant in scalar neon; do compare $variant qemu-aarch64 "$work/arm"; done
exit $failed
