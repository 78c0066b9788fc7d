#!/usr/bin/env bash
# Installs the Debian packages that cleave builds with, those that are missing.
set -euo pipefail

packages=(libopenblas-dev libzstd-dev libjson-c-dev pkg-config)
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
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}"
