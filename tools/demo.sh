#!/usr/bin/env bash
# From a checkpoint to two verified bundles by one recipe, with what each step took.
set -euo pipefail

cleave=$(realpath "${1:?usage: demo.sh CLEAVE MODEL.gguf [RECIPE]}")
SMOLLM2=$(realpath "${2:?usage: demo.sh CLEAVE MODEL.gguf [RECIPE]}")
export SMOLLM2
root=$(realpath "$(dirname "$0")/..")
recipe=$(realpath "${3:-$root/examples/smollm2.yaml}")
work=$(mktemp -d "${TMPDIR:-/tmp}/cleave-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Another lock than the committed files', and nothing from the user's cache: every step is run and timed.
cp -r "$(dirname "$recipe")" "$work/recipe"
cd "$work"
recipe=recipe/$(basename "$recipe")

run() { # COMMAND...: shows and runs a command
  printf '\n\033[1m$ cleave'
  for word in "$@"; do
    case $word in *[!A-Za-z0-9,./_-]*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\033[0m\n'
  "$cleave" "$@"
}

run build "$recipe" --cache cache --output out --dry-run
run build "$recipe" --cache cache --output out | tee build.txt
run inspect out/edge
run run out/edge --chat -p "What is the capital of France?" --max-tokens 24
run run out/edge --cloud out/cloud --chat --color -p "What is the capital of France?" --max-tokens 24
run run out/edge --cloud out/cloud --threshold 2 --chat \
  -p "Why is the sky blue? Answer in one sentence." --max-tokens 48

# The tables of the build again, at the end.
printf '\n'
sed -n '/^held out/,$p' build.txt
shared=$(du -sk out | cut -f1)
printf '\nAll artifacts take %d MB on disk: unchanged files are hard links.\n' $((shared * 1024 / 1000000))
