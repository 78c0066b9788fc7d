import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The file training goes on from: parameters, moments, the best parameters so far and where it stood,
/// replaced as a whole. A safetensors file whose metadata holds the state.
package struct Checkpoint {
  package let path: String
  /// What the run is made of; a checkpoint of another is refused.
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

  /// Somebody's own file of that name stays.
  @Sendable private static func isOurs(_ path: String) -> Bool {
    (try? SafetensorsFile(path: path))?.metadata.contains { $0.name == "identity" } ?? false
  }

  /// - Parameter exits: how many the run has.
  /// - Returns: nil when there is none.
  /// - Throws: `InputError` for one that belongs to another run, or is damaged.
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
      guard let entry = file.entries.first(where: { $0.name == name }), entry.dtype == .f32,
        entry.shape == [buffer.count]
      else {
        throw InputError(
          file: path, location: name,
          found: file.entries.first { $0.name == name }.map { "\($0.dtype.rawValue) \($0.shape)" }
            ?? "no such tensor", expected: "F32 [\(buffer.count)]",
          advice: "Remove the file to start afresh.")
      }
      let tensor = try Tensor(
        name: name, type: .f32, shape: entry.shape, file: file.file, range: entry.range)
      let values = tensor.floats()
      guard values.allSatisfy(\.isFinite) else {
        throw InputError(
          file: path, location: name, found: "a number that is not finite",
          expected: "finite numbers",
          advice: "Remove the file to start afresh.")
      }
      buffer.copy(values)
    }
    let text = Array((metadata["state"] ?? "").utf8)
    return try TrainingState(
      JSONNode(parsing: text, file: path, location: "state", path: "", depth: 8), exits: exits)
  }

  private func buffers(_ parameters: Parameters, _ best: FloatBuffer) -> [FloatBuffer] {
    [parameters.values, parameters.firstMoments, parameters.secondMoments, best]
  }
}
