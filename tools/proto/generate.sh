#!/usr/bin/env bash
# Writes Sources/Network/Generated from specs/cloud.proto and tools/proto. Needs protoc, and the plugins
# protoc-gen-swift (swift-protobuf) and protoc-gen-grpc-swift-2 (grpc-swift-protobuf) in PATH; the build does not.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=Sources/Network/Generated
protoc -I specs -I tools/proto --swift_out="$out" --swift_opt=Visibility=Package \
  --grpc-swift-2_out="$out" --grpc-swift-2_opt=Visibility=Package \
  cloud.proto $(cd tools/proto && ls ./*.proto | sed 's|^\./||')
# Warnings and formatting of generated code are nobody's; without the trait there is nothing to build.
for file in "$out"/*.swift; do
  { echo '// swift-format-ignore-file'; echo '#if Network'; cat "$file"; echo '#endif'; } > "$file.new"
  mv "$file.new" "$file"
done
