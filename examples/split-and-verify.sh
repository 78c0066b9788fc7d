#!/usr/bin/env bash
# Splits a model between an edge bundle and a cloud bundle, proves that the two are the model, and
# compares their answer with the whole model's.
# usage: split-and-verify.sh [CHECKPOINT]; CLEAVE names the executable
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cleave=${CLEAVE:-$root/.build/release/cleave}
checkpoint=$(realpath "${1:-$root/Tests/Golden/tiny-llama3-f32}")
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"

"$cleave" import "$checkpoint" -o model
"$cleave" exits add model --at 1,2 -o model-exits
"$cleave" partition model-exits --edge edge --cloud cloud
"$cleave" verify edge cloud --model model-exits --max-tokens 16

# The exits' drafts are checked by the cloud, so the text is the whole model's, token for token.
answer=$("$cleave" run edge --cloud cloud --lossless -p "Once upon a time" --max-tokens 16)
whole=$("$cleave" run model -p "Once upon a time" --max-tokens 16)
[ "$answer" = "$whole" ] || { echo "expected the whole model's text: $whole; found: $answer" >&2; exit 1; }
echo "edge and cloud together wrote the whole model's text"
