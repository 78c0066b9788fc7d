import CleaveStorage

/// One stage of a build: what it reads, what decides its bytes, and how it is run.
struct BuildStage {
  /// The name, as in `train` or `evaluate, policy`.
  let name: String
  /// The settings that its output depends on.
  let options: JSON
  /// The names of the stages whose outputs it reads.
  let reads: [String]
  /// The reason why the same inputs may not make the same bytes; nil where they do.
  var isUnsteady: String?
  /// Whether the other outputs are of use without this one, so that they are published when it fails.
  var isOptional = false
  let run: (StageRun) async throws -> StageOutcome

  /// Everything that the output depends on.
  func settings(_ inputs: [(name: String, digest: String)]) -> JSON {
    [
      "tool": .string(BuildTool.text), "stage": .string(name), "options": options,
      "reads": .array(inputs.map { ["stage": .string($0.name), "sha256": .string($0.digest)] }),
    ]
  }

  static func key(_ settings: JSON) -> String {
    FileDigest(of: Array(settings.text(pretty: false).utf8)).sha256
  }
}

/// A run of a stage: where it reads and writes.
struct StageRun {
  /// The outputs of the stages that it reads.
  let inputs: [String: String]
  let digests: [String: String]
  /// A directory of its own, and the output in it.
  let directory: String
  let output: String
  let cache: BuildCache
  /// Locks a directory of the cache that builds of other settings use too.
  let lock: (_ path: String) async throws -> FileLock?
  let threads: Int?
  let shouldStop: @Sendable () -> Bool
  let progress: (_ label: String, _ done: Int, _ total: Int, _ unit: BuildUnit) -> Void

  /// The model that a stage left.
  func artifact(_ stage: String) -> String { "\(inputs[stage] ?? "")/\(BuildNames.artifact)" }
}

/// The unit of a stage's progress.
package enum BuildUnit: Sendable, Equatable {
  case bytes
  case items(String)
}

/// The names of outputs inside of a stage's.
enum BuildNames {
  static let artifact = "artifact"
  static let curve = "curve.svg"
}
