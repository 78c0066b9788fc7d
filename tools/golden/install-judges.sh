#!/usr/bin/env bash
# Makes a Python environment at the path given that holds the packages of judges.txt, once (26 MB to fetch).
set -euo pipefail

target=${1:?usage: install-judges.sh DIRECTORY}
here=$(dirname "$0")

mkdir -p "$(dirname "$target")"
# Another run may be making it.
exec 9>"$target.lock"
flock 9
# The list is put there last: an environment that has it is whole.
cmp --quiet "$here/judges.txt" "$target/judges.txt" && exit

"$here/../install-dependencies.sh" python3 python3-venv
echo "fetching the packages that judge in tests" >&2
rm -rf "$target"
python3 -m venv "$target"
# Nothing is built, and where there is no network it fails soon.
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --retries 1 \
  --timeout 15 --requirement "$here/judges.txt"
cp "$here/judges.txt" "$target/judges.txt"
