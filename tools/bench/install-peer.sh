#!/usr/bin/env bash
# Makes a Python environment at the path given that holds llama.cpp, built here for this processor.
set -euo pipefail

target=${1:?usage: install-peer.sh DIRECTORY}
version=0.3.36

works() { "$1/bin/python" -c "import llama_cpp; assert llama_cpp.__version__ == '$version'" 2>&1; }

if [ -e "$target" ]; then
  if ! reason=$(works "$target"); then
    echo "install-peer: $target does not hold llama-cpp-python $version; remove it and try again" >&2
    echo "$reason" | tail -1 >&2
    exit 1
  fi
  exit 0
fi

"$(dirname "$0")/../install-dependencies.sh" python3 python3-venv g++ make
mkdir -p "$(dirname "$target")"
finished=
trap '[ -n "$finished" ] || rm -rf "$target"' EXIT
python3 -m venv "$target"
echo "building llama-cpp-python $version from source, which takes minutes" >&2
# From source and not from pip's cache: for this very processor. What else llama.cpp is built with is its
# own default, unless CMAKE_ARGS says otherwise.
CMAKE_ARGS="${CMAKE_ARGS:--DGGML_NATIVE=ON}" "$target/bin/python" -m pip install --quiet \
  --disable-pip-version-check --no-cache-dir --no-binary llama-cpp-python "llama-cpp-python==$version"
works "$target"
finished=yes
