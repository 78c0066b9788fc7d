import CleaveModel
import CleaveStorage

extension ImportanceFile {
  /// A file of llama.cpp with our names for its matrices. Several weights that are one tensor there
  /// read the same inputs and get the same vector.
  ///
  /// - Parameter names: our weights by the names of their tensors in GGUF.
  /// - Throws: `InputError` for an entry that the model has no matrix for, or whose number of columns
  ///   or experts differs.
  func renamed(
    _ names: [String: [WeightName]], for configuration: ModelConfiguration
  ) throws -> ImportanceFile {
    var renamed: [String: ImportanceVector] = [:]
    for (name, vector) in vectors.sorted(by: { $0.key < $1.key }) {
      guard let weights = names[name] else {
        throw InputError(
          file: path, location: name, found: "an entry for a matrix that the model lacks",
          expected: "matrices of a \(configuration.architecture) of "
            + "\(configuration.blockCount) blocks",
          advice: "Give the importance matrix of this very model.")
      }
      for weight in weights {
        try check(vector, weight, configuration)
        renamed[weight.text] = vector
      }
    }
    return ImportanceFile(path: path, digest: digest, origin: nil, vectors: renamed)
  }

  private func check(
    _ vector: ImportanceVector, _ weight: WeightName, _ configuration: ModelConfiguration
  ) throws {
    let columns = weight.shape(in: configuration).last ?? 0
    let experts = weight.isExperts ? configuration.block.experts?.count ?? 1 : 1
    let rows = vector.counts.count
    guard vector.count == columns || vector.count == columns * experts,
      rows == 1 || rows * columns == vector.count
    else {
      throw InputError(
        file: path, location: vector.name, found: "\(vector.count) numbers in \(rows) rows",
        expected: "\(columns), one for each column"
          + (experts > 1 ? ", or as many for each of \(experts) experts" : ""),
        advice: "Give the importance matrix of this very model.")
    }
  }

  /// Notes about matrices that nothing is known of: experts that were never used, and the head,
  /// which llama.cpp leaves out unless it is told otherwise.
  func notes(for plan: QuantizationPlan, _ configuration: ModelConfiguration) -> [String] {
    guard origin == nil else { return [] }
    var notes: [String] = []
    let file = FileSystem.name(of: path)
    let zeros = vectors.filter { $0.value.counts.contains(0) }.sorted { $0.key < $1.key }
    if let first = zeros.first {
      let count = zeros.reduce(0) { $0 + $1.value.counts.count { $0 == 0 } }
      notes.append(
        "\(file): \(count) matrices, the first of them in \(first.key), had no input when it was "
          + "measured: their columns count as equally important")
    }
    if let head = plan.entries.unembedding(in: configuration), head.type.isQuantized,
      !head.isCopied, vectors[head.name] == nil
    {
      // llama-imatrix measures no head that is the embedding.
      let advice =
        configuration.tiedEmbeddings ? "" : " (llama-imatrix --process-output measures them)"
      notes.append(
        "\(file) has no entry for \(head.name): its columns count as equally important\(advice)")
    }
    return notes
  }
}

extension WeightName {
  /// Whether the matrices of all experts are one tensor.
  fileprivate var isExperts: Bool {
    guard case .block(_, let part) = self else { return false }
    return [.expertGate, .expertUp, .expertDown].contains(part)
  }
}
