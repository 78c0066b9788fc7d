#!/usr/bin/env bash
# Builds and packages what is released; `make release` runs it.
# usage: release.sh OUT [KEY.pem]; without a key the checksums are not signed
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:?usage: release.sh OUT [KEY.pem]} key=${2:-}
# Before the build, which takes minutes: package.sh signs in the same way.
if [ -n "$key" ] && ! openssl dgst -sha256 -sign "$key" -out /dev/null /dev/null; then
  echo "release.sh: $key: expected a private key as PEM that signs a SHA-256 digest (RSA or EC, not Ed25519)," \
    "as in docs/releasing.md" >&2
  exit 2
fi
if [ -n "$(git status --porcelain)" ]; then
  echo "release.sh: found changes that are not committed; expected the tree of a commit" >&2
  exit 2
fi
built=.build/released
rm -f "$built/commit"
tools/release/build.sh "$built"
# For reproduce.sh.
git rev-parse HEAD > "$built/commit"
# swift-argument-parser writes the manual pages of its commands by this tool.
swift build -c release --package-path .build/static/checkouts/swift-argument-parser --product generate-manual \
  --scratch-path .build/manual
tools/release/package.sh "$built" .build/manual/release/generate-manual "$out" "$key"
