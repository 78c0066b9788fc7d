import CleaveModel
import CleaveStorage

extension ImportanceFile {
  /// Writes an importance file.
  ///
  /// - Parameters: - vectors: by matrix name, one finite number of at least 0 per column. Evaluated
  ///   only when the target is known to be free. - force: whether to replace an existing file.
  /// - Returns: the file's digest.
  @discardableResult
  package static func write(
    _ vectors: @autoclosure () throws -> [String: [Float]], origin: Origin, to path: String,
    force: Bool = false
  ) throws -> FileDigest {
    let metadata = [
      (name: schema, value: version), (name: "data_sha256", value: origin.dataSHA256),
      (name: "model_id", value: origin.modelID), (name: "tokens", value: "\(origin.tokens)"),
    ]
    return try StagedOutput.writeFile(
      path, sources: [],
      format: .file(replaces: { (try? ImportanceFile(path: $0))?.origin != nil }),
      force: force
    ) { sink in
      let sources = try vectors().map { try source($0, $1) }
      _ = try SafetensorsFile.write(sources, metadata: metadata, into: &sink)
    }
  }

  private static func source(_ name: String, _ values: [Float]) throws -> WeightSource {
    precondition(values.allSatisfy { $0 >= 0 && $0.isFinite }, "\(name): not an importance")
    return WeightSource(name: name + suffix, type: .f32, shape: [values.count]) { write in
      try values.withUnsafeBytes { try write($0) }
    }
  }
}
