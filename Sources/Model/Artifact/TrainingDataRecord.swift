import CleaveStorage

/// The contents that exits were trained on, so that nobody judges them, or calibrates them, on the
/// same: `training-data.json` of a whole model. The format is specified in specs/artifact.md.
package struct TrainingDataRecord: Equatable, Sendable {
  static let schema = "cleave.training-data"
  /// Number of digits of a SHA-256 that are kept: enough that no two contents meet by chance.
  static let digits = 32

  /// The beginnings of the contents' SHA-256, lower-case hexadecimal.
  package let trained: Set<String>
  /// The held-out contents, by which training was stopped and temperatures were fitted; beginnings of their
  /// SHA-256 too.
  package let heldOut: Set<String>

  /// - Parameters:
  ///   - trained, heldOut: whole SHA-256s of contents, text without the white space around it.
  package init(trained: some Sequence<String>, heldOut: some Sequence<String>) {
    self.trained = Set(trained.map { String($0.prefix(Self.digits)) })
    self.heldOut = Set(heldOut.map { String($0.prefix(Self.digits)) })
  }

  /// Whether the content of this SHA-256 had any part in training.
  package func contains(sha256: String) -> Bool {
    trained(sha256: sha256) || heldOut(sha256: sha256)
  }

  /// Whether the content of this SHA-256 was trained on.
  package func trained(sha256: String) -> Bool {
    trained.contains(String(sha256.prefix(Self.digits)))
  }

  /// Whether the content of this SHA-256 was held out of training.
  package func heldOut(sha256: String) -> Bool {
    heldOut.contains(String(sha256.prefix(Self.digits)))
  }

  package var json: JSON {
    func list(_ set: Set<String>) -> JSON { .array(set.sorted().map { .string($0) }) }
    return ["schema": .string(Self.schema), "trained": list(trained), "held_out": list(heldOut)]
  }

  package init(_ node: JSONNode) throws {
    let schema = try node.required("schema")
    guard try schema.string() == Self.schema else { throw schema.refuse(expected: Self.schema) }
    func set(_ name: String) throws -> Set<String> {
      Set(
        try node.list(name) { try $0.hexadecimal(digits: Self.digits) })
    }
    trained = try set("trained")
    heldOut = try set("held_out")
  }
}

extension Artifact {
  /// Reads the record; nil where exits were not trained.
  package func trainingData() throws -> TrainingDataRecord? {
    guard manifest.file(ArtifactLayout.trainingData) != nil else { return nil }
    return try TrainingDataRecord(
      try FileSystem.readJSON("\(path)/\(ArtifactLayout.trainingData)"))
  }
}
