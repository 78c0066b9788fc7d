import CleaveStorage

/// The digests of everything that a build read and made. A later build is held against it with `--locked`.
package struct BuildLock: Sendable {
  static let schema = "cleave.recipe-lock"
  static let version = 1
  static let largest = 1 << 26

  /// Something that a build differs from its lock in.
  package struct Differs: ExitStatusError {
    package let description: String
    package var exitStatus: ExitStatus { .checkFailed }
  }

  private struct Stage {
    let name: String
    let key: String
    /// The digest of the list of its files.
    let digest: String
    let isUnsteady: String?
    let files: [(path: String, sha256: String)]
  }

  private let file: String
  private let tool: String
  private let name: String
  private let inputs: [(key: String, name: String, sha256: String)]
  private let stages: [Stage]

  /// Reads a lock.
  ///
  /// - Throws: `InputError` for a file that is no lock.
  package init(reading path: String) throws {
    file = path
    guard FileSystem.exists(path) else {
      throw InputError(
        file: path, found: "nothing there", expected: "the lock of an earlier build",
        advice: "Build once without --locked.")
    }
    let node = try FileSystem.readJSON(path, limit: Self.largest)
    guard try node.required("schema").string() == Self.schema,
      try node.required("version").int() == Self.version
    else { throw node.refuse(expected: "a lock of this version") }
    tool = try node.required("tool").string()
    name = try node.required("name").string()
    inputs = try node.list("inputs") {
      (
        try $0.required("key").string(), try $0.required("name").string(),
        try $0.required("sha256").string()
      )
    }
    stages = try node.list("stages") { stage in
      Stage(
        name: try stage.required("name").string(), key: try stage.required("key").string(),
        digest: try stage.required("sha256").string(),
        isUnsteady: try stage.optional("unsteady")?.string(),
        files: try stage.list("files") {
          (try $0.required("path").string(), try $0.required("sha256").string())
        })
    }
  }

  /// Holds the inputs against the lock, before any stage runs.
  func check(_ found: [BuildFiles.Input]) throws {
    guard tool == BuildTool.text else { throw differs("tool", BuildTool.text, tool) }
    for input in found {
      guard let known = inputs.first(where: { $0.key == input.key && $0.name == input.name }) else {
        throw differs("\(input.key): \(input.name)", "an input", "none of that name")
      }
      guard known.sha256 == input.digest.sha256 else {
        throw differs("\(input.key): \(input.name)", "SHA-256 \(input.digest.sha256)", known.sha256)
      }
    }
    for known in inputs
    where !found.contains(where: { $0.key == known.key && $0.name == known.name }) {
      throw differs("\(known.key): \(known.name)", "no such input", "SHA-256 \(known.sha256)")
    }
  }

  /// Holds the recipe's name, its stages and their settings against the lock, before any of them runs.
  func check(name found: String, stages list: [BuildStage]) throws {
    guard found == name else { throw differs("name", found, name) }
    for stage in stages where !list.contains(where: { $0.name == stage.name }) {
      throw differs("stage \(stage.name)", "no such stage", "one, as when it was locked")
    }
    for stage in list {
      guard let known = stages.first(where: { $0.name == stage.name }) else {
        throw differs("stage \(stage.name)", "a stage", "none of that name")
      }
      let reads = stage.reads.map { name in
        (name: name, digest: stages.first { $0.name == name }?.digest ?? "")
      }
      guard BuildStage.key(stage.settings(reads)) == known.key else {
        throw differs("stage \(stage.name)", "other settings", "those that were locked")
      }
    }
  }

  /// Holds a stage's output against the lock. What its reports say of time is not compared.
  func check(_ found: BuildResult.Stage) throws {
    guard let stage = stages.first(where: { $0.name == found.name }) else {
      throw differs("stage \(found.name)", "a stage", "none of that name")
    }
    for (path, digest) in found.entry.files {
      guard let known = stage.files.first(where: { $0.path == path }) else {
        throw differs("\(found.name): \(path)", "a file", "none of that name")
      }
      guard known.sha256 == digest.sha256 else {
        throw differs(
          "\(found.name): \(path)", "SHA-256 \(digest.sha256)", known.sha256,
          advice: stage.isUnsteady ?? found.isUnsteady)
      }
    }
    guard stage.files.count == found.entry.files.count else {
      throw differs(
        "stage \(found.name)", "\(found.entry.files.count) files", "\(stage.files.count)")
    }
  }

  private func differs(
    _ what: String, _ found: String, _ expected: String, advice: String? = nil
  ) -> Differs {
    Differs(
      description: "\(file): \(what): found \(found); expected \(expected)"
        + (advice.map { ". \($0)" } ?? ""))
  }

  /// The lock of a build.
  static func json(of result: BuildResult) -> JSON {
    [
      "schema": .string(schema), "version": .integer(Int64(version)),
      "tool": .string(BuildTool.text), "name": .string(result.recipe.name),
      "inputs": .array(
        result.inputs.map {
          [
            "key": .string($0.key), "name": .string($0.name),
            "bytes": .integer(Int64($0.digest.bytes)), "sha256": .string($0.digest.sha256),
          ]
        }),
      "stages": .array(result.stages.map(Self.json)),
    ]
  }

  private static func json(_ stage: BuildResult.Stage) -> JSON {
    [
      "name": .string(stage.name), "key": .string(stage.entry.key),
      "unsteady": stage.isUnsteady.map { .string($0) } ?? .null,
      "sha256": .string(stage.entry.digest),
      "files": .array(
        stage.entry.files.map { path, digest in
          [
            "path": .string(path), "bytes": .integer(Int64(digest.bytes)),
            "sha256": .string(digest.sha256),
          ]
        }),
    ]
  }
}
