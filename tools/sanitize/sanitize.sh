#!/usr/bin/env bash
# Runs tests under the compiler's sanitizers, each in a build of its own in .build/sanitize-NAME, and the decode loop under valgrind.
# usage: sanitize.sh [memory|decode|threads...]; all if none is named
set -euo pipefail
cd "$(dirname "$0")/../.."

# run NAME TEST-TARGETS FILTER OPTION...
run() {
  local name=$1 targets=$2 filter=$3
  shift 3
  # Swift unoptimized, which builds fast; C with what keeps the tests of kernels from taking hours.
  local options=(--scratch-path ".build/sanitize-$name" -Xcc -O1 "$@")
  echo "== $name: $targets"
  CLEAVE_TESTS=$targets swift build "${options[@]}" --build-tests
  CLEAVE_TESTS=$targets swift test "${options[@]}" --skip-build --filter "$filter" \
    --experimental-maximum-parallelization-width 2
}

for kind in "${@:-memory decode threads}"; do
  for name in $kind; do
    case $name in
      memory)
        # The kernels in C, in every instruction set that this machine has. Undefined behaviour ends the run.
        UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=0 \
          run memory KernelsTests KernelsTests --sanitize address -Xcc -fsanitize=undefined \
          -Xcc -fno-sanitize-recover=undefined
        ;;
      threads)
        # The last: it does not see the lock of Swift's Mutex on Linux, and reports what one guards.
        TSAN_OPTIONS="halt_on_error=0 exitcode=66" \
          run threads RuntimeTests,NetworkTests '(RuntimeTests|NetworkTests)' --sanitize thread --traits Network
        ;;
      decode)
        command -v valgrind > /dev/null || tools/install-dependencies.sh valgrind
        swift build -c release --product cleave
        tools/sanitize/decode.sh .build/release/cleave
        ;;
      *) sed -n 3p "$0" >&2; exit 2 ;;
    esac
  done
done
