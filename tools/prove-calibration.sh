#!/usr/bin/env bash
# Does the promise hold? Calibrates on 200 random parts of recorded prompts, and looks at the others.
# usage: prove-calibration.sh CLEAVE MODEL.gguf, with PROVE_MODEL=ARTIFACT-WITH-EXITS and
# PROVE_PROMPTS=FILE:FIELD[#COUNT][:FORMAT] in the environment for others than the demo's, which are trained (90 s).
set -euo pipefail

cleave=$(realpath "${1:?usage: prove-calibration.sh CLEAVE MODEL.gguf}")
gguf=$(realpath "${2:?usage: prove-calibration.sh CLEAVE MODEL.gguf}")
exits=${PROVE_MODEL:-}
source=${PROVE_PROMPTS:-}
if { [ -n "$exits" ] && [ -z "$source" ]; } || { [ -z "$exits" ] && [ -n "$source" ]; }; then
  echo "prove-calibration: expected PROVE_MODEL and PROVE_PROMPTS, both or none" >&2
  exit 2
fi
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
  source=$work/calibrate.jsonl:question
  if [ ! -d "$exits" ]; then
    [ -d "$work/model" ] || "$cleave" import "$gguf" -o "$work/model"
    "$cleave" train "$work/model" --at 10,20 --body tail:3 --replace \
      --prompts "$work/train.jsonl:question" --self-generate 64 --time-budget 90s -o "$exits"
  fi
fi

prove() {
  "$cleave" calibrate "$exits" --prompts "$source" --max-tokens 48 --rehearse 200 \
    --work "$work/recording" "$@"
}
# One recording serves all three: what a policy has written is not written again.
prove --risk 0.05 --delta 0.05
prove --risk 0.05 --delta 0.05 --procedure hoeffding_bentkus
prove --risk 0.2 --delta 0.1 --loss mismatch
