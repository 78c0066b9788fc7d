import CleaveStorage

/// The importance of the columns of each matrix: the mean of the squared inputs on some text. The
/// format is specified in specs/quantization.md; the two of llama.cpp are read too.
package struct ImportanceFile: Sendable {
  package static let schema = "cleave.imatrix"
  package static let version = "1"
  static let suffix = ".importance"

  /// The model and the text that the numbers are of.
  package struct Origin: Equatable, Sendable {
    package var modelID: String
    /// The SHA-256 of the text.
    package var dataSHA256: String
    package var tokens: Int

    package init(modelID: String, dataSHA256: String, tokens: Int) {
      self.modelID = modelID
      self.dataSHA256 = dataSHA256
      self.tokens = tokens
    }
  }

  package let path: String
  package let digest: FileDigest
  /// The origin of the numbers. Files of llama.cpp do not say it, and name matrices as GGUF does.
  package let origin: Origin?
  let vectors: [String: ImportanceVector]

  init(
    path: String, digest: FileDigest, origin: Origin?, vectors: [String: ImportanceVector]
  ) {
    self.path = path
    self.digest = digest
    self.origin = origin
    self.vectors = vectors
  }

  package init(path: String) throws {
    let file = try MappedFile(path: path)
    if try GGUFFile.isGGUF(path) {
      (origin, vectors) = (nil, try GGUFImportance.vectors(in: path))
    } else if LegacyImportance.isLikely(file) {
      (origin, vectors) = (nil, try LegacyImportance.vectors(in: file))
    } else {
      let file = try SafetensorsFile(path: path)
      (origin, vectors) = (try Self.origin(file, path: path), try Self.vectors(file, path: path))
    }
    // Names become those of JSON, which a NUL would cut short.
    if vectors.keys.contains(where: { $0.utf8.contains(0) }) {
      throw InputError(
        file: path, location: "names", found: "a NUL character in one",
        expected: "names without NUL")
    }
    self.path = path
    digest = try FileDigest(ofFile: path)
  }

  private static func vectors(
    _ file: SafetensorsFile, path: String
  ) throws -> [String: ImportanceVector] {
    var vectors: [String: ImportanceVector] = [:]
    for entry in file.entries {
      guard let matrix = entry.name.without(ending: suffix), entry.dtype == .f32,
        entry.shape.count == 1
      else {
        throw InputError(
          file: path, location: entry.name, found: "\(entry.dtype.rawValue) \(entry.shape)",
          expected: "F32 vectors named TENSOR\(suffix)")
      }
      vectors[matrix] = ImportanceVector(
        name: entry.name, file: file.file, range: entry.range)
    }
    return vectors
  }

  /// The names of the matrices in the file.
  package var tensorNames: Set<String> { Set(vectors.keys) }

  /// The importance of a matrix's columns, `[columns]`, all finite and at least 0; nil if the file
  /// has none. Files of llama.cpp may have `[experts, columns]` for the matrix of all experts.
  package func importance(of name: String) throws -> [Float]? { try vectors[name]?.means() }

  private static func origin(_ file: SafetensorsFile, path: String) throws -> Origin {
    func text(_ name: String) throws -> String {
      guard let value = file.metadata.first(where: { $0.name == name })?.value else {
        throw InputError(
          file: path, location: "__metadata__", found: "no \(name)",
          expected: "a value for \(name), as in importance files",
          advice: "`cleave imatrix` writes such files.")
      }
      return value
    }
    func refuse(_ name: String, _ found: String, _ expected: String) -> InputError {
      InputError(file: path, location: "__metadata__.\(name)", found: found, expected: expected)
    }
    let version = try text(schema)
    guard version == Self.version else { throw refuse(schema, version, "version \(Self.version)") }
    let (modelID, data) = (try text("model_id"), try text("data_sha256"))
    for (name, digest) in [("model_id", modelID), ("data_sha256", data)] {
      let isDigest =
        digest.utf8.count == 64
        && digest.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      guard isDigest else { throw refuse(name, digest, "64 lower-case hexadecimal digits") }
    }
    let count = try text("tokens")
    guard let tokens = Int(count), tokens > 0, "\(tokens)" == count else {
      throw refuse("tokens", count, "a number of tokens above 0")
    }
    return Origin(modelID: modelID, dataSHA256: data, tokens: tokens)
  }
}
