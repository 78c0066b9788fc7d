#!/usr/bin/env bash
# Quantizes a model and writes it, and the edge alone, for llama.cpp and for transformers. What was
# exported is imported again: the bytes of the weights are the same.
# usage: export.sh [CHECKPOINT]; CLEAVE names the executable
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cleave=${CLEAVE:-$root/.build/release/cleave}
checkpoint=$(realpath "${1:-$root/Tests/Golden/tiny-llama3-f32}")
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"

"$cleave" import "$checkpoint" -o model
"$cleave" quantize model --recipe f16 -o model-f16
"$cleave" exits add model-f16 --at 2 -o model-exits

"$cleave" export gguf model-f16 -o model.gguf
"$cleave" export gguf model-exits --exit 2 -o edge.gguf
"$cleave" export hf model-f16 -o model-hf

"$cleave" import model.gguf -o again
for file in model-f16/weights/*; do cmp "$file" "again/weights/${file##*/}"; done
echo "the model came back from GGUF with the same weights"
