import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The file that training resumes from: a safetensors file of the parameters, their moments and the best
/// parameters so far, with the training state in its metadata. It is replaced as a whole.
package struct TrainingSnapshot {
  package let path: String
  /// The identity of the run; a snapshot of another run is refused.
  package let identity: String

  private static let names = ["values", "first_moments", "second_moments", "best"]

  package init(path: String, identity: String) {
    self.path = path
    self.identity = identity
  }

  package func save(_ state: TrainingState, _ parameters: Parameters, best: FloatBuffer) throws {
    let sources = zip(Self.names, buffers(parameters, best)).map { name, buffer in
      WeightSource(name: name, type: .f32, shape: [buffer.count]) { write in
        try write(UnsafeRawBufferPointer(buffer.floats))
      }
    }
    let metadata = [("identity", identity), ("state", state.json.text(pretty: false))]
    try StagedOutput.writeFile(
      path, sources: [], format: .file(replaces: Self.isOurs), force: true
    ) {
      _ = try SafetensorsFile.write(sources, metadata: metadata, into: &$0)
    }
  }

  /// Only a snapshot is replaced: another file of this name stays.
  @Sendable private static func isOurs(_ path: String) -> Bool {
    (try? SafetensorsFile(path: path))?.metadata.contains { $0.name == "identity" } ?? false
  }

  /// Reads the snapshot.
  ///
  /// - Parameter exits: the number of exits of the run.
  /// - Returns: nil when there is no file.
  /// - Throws: `InputError` for a snapshot of another run, and for a damaged one.
  package func load(
    into parameters: Parameters, best: FloatBuffer, exits: Int
  ) throws -> TrainingState? {
    guard FileSystem.exists(path) else { return nil }
    let file = try SafetensorsFile(path: path)
    let metadata = Dictionary(file.metadata.map { ($0.name, $0.value) }) { first, _ in first }
    guard metadata["identity"] == identity else {
      throw InputError(
        file: path, location: "identity", found: metadata["identity"] ?? "none",
        expected: "\(identity), of this model, data and settings",
        advice: "Train into another directory, or remove this one to start afresh.")
    }
    for (name, buffer) in zip(Self.names, buffers(parameters, best)) {
      buffer.copy(try values(of: name, count: buffer.count, in: file))
    }
    let text = Array((metadata["state"] ?? "").utf8)
    return try TrainingState(
      JSONNode(parsing: text, file: path, location: "state", path: "", depth: 8), exits: exits)
  }

  private func values(
    of name: String, count: Int, in file: SafetensorsFile
  ) throws -> [Float] {
    func refusal(_ found: String, _ expected: String) -> InputError {
      InputError(
        file: path, location: name, found: found, expected: expected,
        advice: "Remove the file to start afresh.")
    }
    let entry = file.entries.first { $0.name == name }
    guard let entry, entry.dtype == .f32, entry.shape == [count] else {
      throw refusal(
        entry.map { "\($0.dtype.rawValue) \($0.shape)" } ?? "no such tensor", "F32 [\(count)]")
    }
    let values = try Tensor(
      name: name, type: .f32, shape: entry.shape, file: file.file, range: entry.range
    ).floats()
    guard values.allSatisfy(\.isFinite) else {
      throw refusal("a number that is not finite", "finite numbers")
    }
    return values
  }

  private func buffers(_ parameters: Parameters, _ best: FloatBuffer) -> [FloatBuffer] {
    [parameters.values, parameters.firstMoments, parameters.secondMoments, best]
  }
}
