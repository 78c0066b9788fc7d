import CleaveStorage

extension Artifact {
  /// The unembedding, `[vocabulary, hidden]`: the head, or the embedding that it is tied to.
  package func unembedding() throws -> Tensor {
    let isTied = manifest.configuration.tiedEmbeddings
    let file = isTied ? ArtifactLayout.embedding : ArtifactLayout.head
    let name = (isTied ? WeightName.tokenEmbedding : .head).text
    return try tensor(name, in: file, "the unembedding of the model")
  }

  /// The bias of the unembedding, `[vocabulary]`; nil for a model without one.
  package func unembeddingBias() throws -> Tensor? {
    guard manifest.configuration.headBias else { return nil }
    return try tensor(
      WeightName.headBias.text, in: ArtifactLayout.head, "the bias of the unembedding")
  }

  private func tensor(_ name: String, in file: String, _ meaning: String) throws -> Tensor {
    guard let tensor = try tensors(in: file)[name] else {
      throw InputError(
        file: path, location: file, found: "no \(name)", expected: meaning,
        advice: "The artifact is damaged: import the model again.")
    }
    return tensor
  }

  /// The exit vocabulary: its token ids, rising, the unembedding's rows of them, `[count, hidden]`, and their biases,
  /// `[count]`, where it has one.
  ///
  /// - Returns: nil for an artifact without one.
  /// - Throws: `InputError` for ids that do not rise or that the model does not have.
  package func exitVocabulary() throws -> (tokens: [UInt32], rows: Tensor, bias: Tensor?)? {
    guard let record = manifest.exitVocabulary else { return nil }
    let file = ArtifactLayout.exitVocabulary
    return (
      try exitVocabularyTokens(count: record.count),
      try tensor(ExitVocabularyRecord.weightName, in: file, "the rows of the exit vocabulary"),
      manifest.configuration.headBias
        ? try tensor(ExitVocabularyRecord.biasName, in: file, "the biases of the exit vocabulary")
        : nil
    )
  }

  private func exitVocabularyTokens(count: Int) throws -> [UInt32] {
    let file = try MappedFile(path: "\(path)/\(ArtifactLayout.exitVocabularyTokens)")
    func refuse(_ found: String, _ expected: String, at index: Int? = nil) -> InputError {
      InputError(
        file: file.path, location: index.map { "id \($0)" } ?? "", found: found,
        expected: expected)
    }
    guard file.count == 4 * count else {
      throw refuse("\(file.count) bytes", "\(4 * count), for the manifest's \(count) ids")
    }
    let tokens = file.withBytes(0..<file.count) { bytes in
      (0..<count).map {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
    let size = manifest.configuration.vocabularySize
    for (index, token) in tokens.enumerated() {
      guard token < size else { throw refuse("\(token)", "an id below \(size)", at: index) }
      if index > 0, token <= tokens[index - 1] {
        throw refuse("\(token) after \(tokens[index - 1])", "rising ids", at: index)
      }
    }
    return tokens
  }
}
