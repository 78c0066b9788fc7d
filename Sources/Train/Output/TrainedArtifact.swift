import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Writes the model with its trained exits as a new artifact: the model's files unchanged, and a file for each
/// exit.
struct TrainedArtifact {
  let source: Artifact
  let target: String
  let force: Bool
  /// The type of the matrices. A matrix whose rows are not whole blocks of it stays F32.
  let type: TensorType
  let pool: ThreadPool

  /// Checks the target, before any training.
  ///
  /// - Throws: `InputError` for a target that must not be replaced.
  func prepare() throws -> ArtifactWriter {
    try ArtifactWriter(target: target, sources: [source.path], force: force)
  }

  /// - Parameters:
  ///   - step: the provenance of the exits.
  ///   - exitTokens: the exit vocabulary; nil where the exits have none.
  ///   - untrained: gives a weight that is not among those trained as it is to be written; nil for the others.
  func write(
    _ exits: [ExitRecord], _ parameters: Parameters, step: ProvenanceStep,
    data: TrainingDataRecord, exitTokens: ExitTokens? = nil, with writer: ArtifactWriter,
    untrained: (ExitWeight, ExitRecord) throws -> WeightSource? = { _, _ in nil }
  ) throws -> Manifest {
    // Untrained exits, and what was measured with them, are left behind.
    let replaced = Set(
      exits.map(\.path) + [
        ArtifactLayout.trainingData, ArtifactLayout.calibration,
        ArtifactLayout.exitVocabularyTokens, ArtifactLayout.exitVocabulary,
      ])
    for file in source.manifest.files where !replaced.contains(file.path) {
      try writer.link(file.path, from: source)
    }
    let configuration = source.manifest.configuration
    for exit in exits {
      let sources = try exit.weights(in: configuration).map { weight in
        let name = exit.name(of: weight)
        return try untrained(weight, exit)
          ?? tensor(
            parameters[name], of: parameters, name: name, type: weight.staysFloat ? .f32 : type)
      }
      try writer.write(sources, to: exit.path)
    }
    if let exitTokens {
      try writer.writeExitVocabulary(
        exitTokens.tokens.map(UInt32.init), of: try source.unembedding(),
        bias: try source.unembeddingBias())
    }
    try writer.write(Array((data.json.text() + "\n").utf8), to: ArtifactLayout.trainingData)
    var manifest = source.manifest
    manifest.exits = exits
    manifest.exitVocabulary = exitTokens.map {
      ExitVocabularyRecord(count: $0.tokens.count, includesText: $0.includesText)
    }
    manifest.calibration = nil
    manifest.provenance.append(step)
    return try writer.finish(manifest)
  }

  /// Rounds parameters as they will be stored, so that temperatures and scores are measured on the exits as they
  /// ship.
  ///
  /// - Parameter isRounded: whether a weight is rounded.
  func round(
    _ exits: [ExitRecord], _ parameters: Parameters,
    where isRounded: (ExitWeight) -> Bool = { _ in true }
  ) throws {
    let configuration = source.manifest.configuration
    for exit in exits {
      for weight in exit.weights(in: configuration) where !weight.staysFloat && isRounded(weight) {
        let entry = parameters[exit.name(of: weight)]
        let (type, bytes) = try stored(entry, of: parameters, as: self.type)
        var values = [Float](repeating: 0, count: entry.range.count)
        bytes.withUnsafeBytes {
          ck_dequantize(type.kernelType, $0.baseAddress, &values, values.count)
        }
        parameters.set(entry.name, values)
      }
    }
  }

  private func tensor(
    _ entry: Parameters.Entry, of parameters: Parameters, name: String, type: TensorType
  ) throws -> WeightSource {
    let (type, bytes) = try stored(entry, of: parameters, as: type)
    return WeightSource(name: name, type: type, shape: entry.shape, bytes: bytes)
  }

  /// A parameter's bytes in this type, or in F32 where its rows are not whole blocks.
  private func stored(
    _ entry: Parameters.Entry, of parameters: Parameters, as wanted: TensorType
  ) throws -> (TensorType, [UInt8]) {
    let columns = entry.shape.last ?? 1
    let type = columns % wanted.blockElements == 0 ? wanted : .f32
    let rows = entry.range.count / columns
    var bytes = [UInt8](repeating: 0, count: columns / type.blockElements * type.blockBytes * rows)
    // Rounding again what is rounded already changes nothing.
    let result = bytes.withUnsafeMutableBytes { out in
      ck_quantize_rows(
        pool.handle, CK_F32, parameters.values.floats.baseAddress! + entry.range.lowerBound, rows,
        columns, type.kernelType, nil, CK_PLAIN, out.baseAddress)
    }
    guard result.fault.rawValue == CK_FAULT_NONE.rawValue else {
      throw InputError(
        file: target, location: entry.name, found: "a weight \(type.rawValue) cannot hold",
        expected: "finite weights within its range",
        advice: "Ship another type with --store, or train with a lower --rate.")
    }
    return (type, bytes)
  }
}
