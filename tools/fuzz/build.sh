#!/usr/bin/env bash
# Builds cleave-fuzz with libFuzzer, coverage of edges and AddressSanitizer, in .build/fuzz, and prints its path.
# usage: build.sh [--plain] [OPTION OF swift build...]; --plain builds without the sanitizer, in .build/fuzz-plain
set -euo pipefail
cd "$(dirname "$0")/../.."
resources=$(swiftc -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["paths"]["runtimeResourcePath"])')
# The library without main(): the executable has its own, because the package manager names it.
runtime=$resources/clang/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
[ -e "$runtime" ] || { echo "build.sh: expected libFuzzer at $runtime, as Swift's toolchains for Linux have it" >&2; exit 2; }
folder=.build/fuzz
flags=(
  --sanitize address
  -Xswiftc "-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters"
  -Xswiftc -Xllvm -Xswiftc -sanitizer-coverage-pc-table
  -Xcc -fsanitize=fuzzer-no-link
)
if [ "${1:-}" = --plain ]; then
  folder=.build/fuzz-plain flags=()
  shift
fi
CLEAVE_FUZZ=1 swift build -c release --scratch-path "$folder" --product cleave-fuzz "${flags[@]}" \
  -Xlinker "$runtime" -Xlinker -lstdc++ "$@" >&2
echo "$PWD/$folder/release/cleave-fuzz"
