#!/usr/bin/env bash
# Installs Debian packages that are missing: those named, or else those that cleave builds with.
set -euo pipefail

packages=("$@")
[ $# -gt 0 ] || packages=(libopenblas-dev libzstd-dev libjson-c-dev pkg-config)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed \
    || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "install-dependencies: needs ${missing[*]} (Debian's names); install them and try again" >&2
  exit 2
fi
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-dependencies: as root, run: apt-get install ${missing[*]}" >&2
    exit 2
  fi
  sudo=(sudo)
fi
echo "installing ${missing[*]}" >&2
"${sudo[@]}" apt-get update -qq
# Through env: sudo drops the variable.
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
  --no-install-recommends "${missing[@]}"
