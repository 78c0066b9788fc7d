#!/usr/bin/env bash
# Writes Sources/Network/Generated from specs/cloud.proto and tools/proto. Needs protoc, and the plugins
# protoc-gen-swift (swift-protobuf) and protoc-gen-grpc-swift-2 (grpc-swift-protobuf) in PATH; the build does not.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=Sources/Network/Generated
files=(cloud.proto)
for file in tools/proto/*.proto; do files+=("${file##*/}"); done
protoc -I specs -I tools/proto --swift_out="$out" --swift_opt=Visibility=Package \
  --grpc-swift-2_out="$out" --grpc-swift-2_opt=Visibility=Package \
  "${files[@]}"
# Warnings and formatting of generated code are nobody's; without the trait there is nothing to build.
for file in "$out"/*.swift; do
  { echo '// swift-format-ignore-file'; echo '#if Network'; cat "$file"; echo '#endif'; } > "$file.new"
  mv "$file.new" "$file"
done

# What server reflection tells: each file's descriptor.
list="$out/FileDescriptors.swift"
{
  echo '// swift-format-ignore-file'
  echo '// Written by tools/proto/generate.sh.'
  echo '#if Network'
  # shellcheck disable=SC2016  # backquotes of a Swift comment
  echo '/// Serialized `FileDescriptorProto`s of what a server speaks, in base64.'
  echo 'enum FileDescriptors {'
  echo '  static let all = ['
} > "$list"
for file in "${files[@]}"; do
  set=$(mktemp)
  protoc -I specs -I tools/proto --descriptor_set_out="$set" "$file"
  # A set of one file: its tag and its length (of 2 bytes, from 128 to 16383) stand before it.
  echo "    \"$(tail -c +4 "$set" | base64 -w 0)\"," >> "$list"
  rm "$set"
done
printf '  ]\n}\n#endif\n' >> "$list"
