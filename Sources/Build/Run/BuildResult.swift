import CleaveStorage

/// What a build made: its stages in the cache, and what they found out.
package struct BuildResult {
  /// A stage that was run, or found in the cache.
  package struct Stage: Sendable {
    package let name: String
    package let entry: StageEntry
    /// What it was predicted to take; nil for one that was found in the cache.
    package let prediction: BuildPrediction?
    /// The reason why the same inputs may not make the same bytes; nil where they do.
    let isUnsteady: String?
    /// Keeps other builds from pruning the stage while this is there; nil where one of them has it locked.
    let hold: FileLock?

    package var isReused: Bool { prediction == nil }
  }

  /// A stage that failed, though the other outputs are of use without it.
  package struct Failure: Sendable, Equatable {
    package let stage: String
    package let reason: String
  }

  package let recipe: BuildRecipe
  let inputs: [BuildFiles.Input]
  package let stages: [Stage]
  package let failures: [Failure]
  let cache: BuildCache
  /// The stage that left the model that was cut.
  let final: String

  package var checks: [BuildCheck] { stages.flatMap(\.entry.checks) }
  /// Whether every check holds.
  package var isVerified: Bool { checks.allSatisfy { $0.passed == true } }
  /// Whether everything that the recipe asks for is there.
  package var isComplete: Bool { failures.isEmpty }
  package var keys: Set<String> { Set(stages.map(\.entry.key)) }

  /// The files of the output, by their paths in it, with where they are in the cache.
  var files: [(path: String, source: String, digest: FileDigest)] {
    stages.flatMap { stage in
      stage.entry.files.compactMap { file in
        BuildLayout.path(of: file.path, stage: stage.name).map {
          ($0, "\(cache.outputPath(stage.entry.key))/\(file.path)", file.digest)
        }
      }
    }
  }
}

/// Where the outputs of stages stand in a build's output.
package enum BuildLayout {
  /// The models in the order in which they are made, with the stages that make them.
  static let models = [
    ("import", "model"), ("quantize", "model-quantized"), ("exits", "model-exits"),
    ("train", "model-exits"), ("calibrate", "model-calibrated"),
  ]
  package static let record = "build.json"
  static let tests = "junit.xml"
  static let summary = "summary.md"
  static let report = "report.html"
  static let page = "build.html"
  static let exports = "exports"
  static let curve = BuildNames.curve

  /// The directories of artifacts, in the order in which they are made.
  package static let artifacts = [
    "model", "model-quantized", "model-exits", "model-calibrated", "edge", "cloud",
  ]
  package static let bundles = BuildRecipe.bundles
  static let entries = artifacts + [record, tests, summary, page, report, exports, curve]

  /// The names in the output of what a stage reads and writes.
  static func names(of run: StageRun, stage: String) -> [(path: String, name: String)] {
    var outputs = run.inputs
    outputs[stage] = run.output
    return outputs.flatMap { stage, path -> [(path: String, name: String)] in
      if stage.hasPrefix("export ") { return [(path, exports)] }
      if stage == "partition" { return [("\(path)/edge", "edge"), ("\(path)/cloud", "cloud")] }
      return models.filter { $0.0 == stage }.map {
        (path: "\(path)/\(BuildNames.artifact)", name: $0.1)
      }
    }
  }

  /// The path in the output of a stage's file; nil for one that stays in the cache.
  static func path(of file: String, stage: String) -> String? {
    if stage.hasPrefix("export ") { return "\(exports)/\(file)" }
    if stage == "partition" { return file }
    if stage == "train", file == curve { return curve }
    let prefix = "\(BuildNames.artifact)/"
    guard file.hasPrefix(prefix), let model = models.first(where: { $0.0 == stage })?.1 else {
      return nil
    }
    return "\(model)/\(file.dropFirst(prefix.count))"
  }
}
