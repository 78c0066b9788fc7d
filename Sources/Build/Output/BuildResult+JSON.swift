import CleaveStorage

extension BuildResult {
  static let schema = "cleave.build"
  static let version = 1

  /// The record of the build, for programs.
  package var json: JSON {
    [
      "schema": .string(Self.schema), "version": .integer(Int64(Self.version)),
      "name": .string(recipe.name), "tool": .string(BuildTool.text),
      "verified": .bool(isVerified), "complete": .bool(isComplete),
      "failures": .array(
        failures.map { ["stage": .string($0.stage), "reason": .string($0.reason)] }),
      "checks": .array(checks.map(\.json)),
      "stages": .array(stages.map(Self.json)),
      "artifacts": .array(
        artifacts.map {
          [
            "name": .string($0.name), "bytes": .integer(Int64($0.bytes)),
            "blocks": .integer(Int64($0.blocks)),
          ]
        }),
      "inputs": .array(
        inputs.map {
          [
            "key": .string($0.key), "name": .string($0.name), "sha256": .string($0.digest.sha256),
          ]
        }),
    ]
  }

  private static func json(_ stage: Stage) -> JSON {
    [
      "name": .string(stage.name), "key": .string(stage.entry.key),
      "reused": .bool(stage.isReused), "seconds": .real(stage.entry.seconds),
      "peak_bytes": stage.entry.peakBytes.map { .integer(Int64($0)) } ?? .null,
      "anonymous_bytes": stage.entry.anonymousBytes.map { .integer(Int64($0)) } ?? .null,
      "bytes": .integer(Int64(stage.entry.bytes)), "prediction": stage.prediction?.json ?? .null,
      "facts": stage.entry.facts,
    ]
  }

  /// The artifacts of the output with their sizes.
  package var artifacts: [(name: String, bytes: Int, blocks: Int)] {
    let files = files
    return BuildLayout.artifacts.compactMap { name in
      let own = files.filter { $0.path.hasPrefix("\(name)/") }
      guard !own.isEmpty else { return nil }
      let blocks = own.count { $0.path.hasPrefix("\(name)/weights/block-") }
      return (name, own.reduce(0) { $0 + $1.digest.bytes }, blocks)
    }
  }
}
