#!/usr/bin/env bash
# From a checkpoint to two verified bundles, with what each step took.
set -euo pipefail

cleave=$(realpath "${1:?usage: demo.sh CLEAVE MODEL.gguf}")
model=$(realpath "${2:?usage: demo.sh CLEAVE MODEL.gguf}")
work=$(mktemp -d "${TMPDIR:-/tmp}/cleave-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
rows=()

step() { # NAME, COMMAND...: runs and times one step
  local name=$1 started finished
  shift
  printf '\n\033[1m$ cleave'
  for word in "$@"; do
    case $word in *[!A-Za-z0-9,./_-]*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\033[0m\n'
  started=$(date +%s%N)
  "$cleave" "$@"
  finished=$(date +%s%N)
  rows+=("$name|$(((finished - started) / 10000000))")
}

prompts=$(realpath "$(dirname "$0")/demo-prompts.sh")
cp "$model" "$work/model.gguf"
cd "$work"
"$prompts" train > train.jsonl
"$prompts" calibrate > calibrate.jsonl
"$prompts" check > check.jsonl
step "import"    import model.gguf -o model
# Briefly, on what the model itself says: an hour's training answers far more tokens.
step "train"     train model --at 10,20 --body affine+tail:3+affine,affine+tail:3 --replace --feedback \
  --exit-vocabulary 8192 --prompts train.jsonl:question --self-generate 64 --time-budget 90s \
  --evaluations 5 -o model-exits
step "exits eval" exits eval model-exits --prompts check.jsonl:question#20 --max-tokens 48
step "exits eval, feedback" exits eval model-exits --prompts check.jsonl:question#20 \
  --max-tokens 48 --feedback policy
# A promise about such questions, kept with the fewest tokens to the cloud.
step "calibrate" calibrate model-exits --prompts calibrate.jsonl:question#160 --max-tokens 48 \
  --risk 0.05 --delta 0.1 -o model-calibrated
step "partition" partition model-calibrated --edge edge --cloud cloud
step "inspect"   inspect edge
step "verify"    verify edge cloud --model model-calibrated --held-out check.jsonl:question
step "run, edge alone" run edge --chat -p "What is the capital of France?" --max-tokens 24
step "run, collaborating" run edge --cloud cloud --chat --color \
  -p "What is the capital of France?" --max-tokens 24
step "run, exits off" run edge --cloud cloud --threshold 2 --chat \
  -p "Why is the sky blue? Answer in one sentence." --max-tokens 48

printf '\n\033[1m%-22s %10s\033[0m\n' "step" "seconds"
for row in "${rows[@]}"; do
  centiseconds=${row##*|}
  printf '%-22s %7d.%02d\n' "${row%%|*}" $((centiseconds / 100)) $((centiseconds % 100))
done
printf '\n\033[1m%-22s %10s %8s\033[0m\n' "artifact" "MB" "blocks"
for name in model model-exits model-calibrated edge cloud; do
  bytes=$(find "$name" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f", sum }')
  blocks=$(find "$name/weights" -name 'block-*' | wc -l)
  printf '%-22s %8d.%01d %8d\n' "$name" $((bytes / 1000000)) $((bytes / 100000 % 10)) "$blocks"
done
shared=$(du -sk . | cut -f1)
printf '\nAll five artifacts and the source take %d MB on disk: unchanged files are hard links.\n' \
  $((shared * 1024 / 1000000))
