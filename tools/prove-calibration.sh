#!/usr/bin/env bash
# Does the promise hold? Calibrates on 200 random parts of recorded prompts, and looks at the others.
# usage: prove-calibration.sh CLEAVE MODEL.gguf [MODEL-WITH-EXITS SOURCE...]
# Without a model with exits, the demo's is trained (90 s) and the demo's questions are asked.
set -euo pipefail

cleave=$(realpath "${1:?usage: prove-calibration.sh CLEAVE MODEL.gguf [MODEL-WITH-EXITS SOURCE...]}")
gguf=$(realpath "${2:?usage: prove-calibration.sh CLEAVE MODEL.gguf [MODEL-WITH-EXITS SOURCE...]}")
exits=${3:-}
shift $(($# > 3 ? 3 : $#))
work=${PROVE_WORK:-}
if [ -z "$work" ]; then
  work=$(mktemp -d "${TMPDIR:-/tmp}/cleave-prove.XXXXXX")
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
prompts=$(realpath "$(dirname "$0")/demo-prompts.sh")

if [ -z "$exits" ]; then
  exits=$work/model-exits
  "$prompts" train > "$work/train.jsonl"
  "$prompts" calibrate > "$work/calibrate.jsonl"
  set -- "$work/calibrate.jsonl:question"
  if [ ! -d "$exits" ]; then
    [ -d "$work/model" ] || "$cleave" import "$gguf" -o "$work/model"
    "$cleave" train "$work/model" --exits 10,20 --body tail:3 --replace \
      --prompts "$work/train.jsonl:question" --self-generate 64 --time-budget 90s -o "$exits"
  fi
fi
[ $# -gt 0 ] || { echo "prove-calibration: expected sources of prompts" >&2; exit 2; }
sources=()
for source in "$@"; do sources+=(--prompts "$source"); done

prove() {
  "$cleave" calibrate "$exits" "${sources[@]}" --max-tokens 48 --rehearse 200 \
    --work "$work/recording" "$@"
}
# One recording serves all three: what a policy has written is not written again.
prove --risk 0.05 --delta 0.05
prove --risk 0.05 --delta 0.05 --procedure hoeffding_bentkus
prove --risk 0.2 --delta 0.1 --loss mismatch
