#!/usr/bin/env bash
# Trains exits with blocks of their own on a model's answers to prompts, measures them, and finds
# the thresholds that keep a promised risk.
# usage: train-exits.sh [CHECKPOINT]; CLEAVE names the executable
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cleave=${CLEAVE:-$root/.build/release/cleave}
checkpoint=$(realpath "${1:-$root/Tests/Golden/tiny-llama3-f32}")
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"

for n in $(seq 80); do echo "{\"question\": \"What is $n and $((n * 7 % 31))?\"}"; done > prompts.jsonl
head -40 prompts.jsonl > train.jsonl && tail -40 prompts.jsonl > calibrate.jsonl

"$cleave" import "$checkpoint" -o model
"$cleave" train model --at 2,4 --body tail:1 --replace --prompts train.jsonl:question \
  --self-generate 16 --held-out-one-in 4 --steps 20 -o model-exits
"$cleave" exits eval model-exits --prompts calibrate.jsonl:question --max-tokens 16
# 1 says that no threshold keeps the promise: exits that learnt for a second may be that bad.
"$cleave" calibrate model-exits --prompts calibrate.jsonl:question --max-tokens 16 --risk 0.2 \
  --delta 0.2 -o model-calibrated || [ $? -eq 1 ]
"$cleave" inspect model-calibrated | grep -q "exits after 2, 4"
