import CleaveStorage

extension ArtifactWriter {
  /// Writes the files of an exit vocabulary: its token ids, and the rows of the unembedding for them, bit for bit.
  ///
  /// - Parameters:
  ///   - tokens: rising, below the number of rows.
  ///   - unembedding: `[vocabulary, hidden]`.
  ///   - bias: of the unembedding, `[vocabulary]`; nil for none.
  package func writeExitVocabulary(
    _ tokens: [UInt32], of unembedding: Tensor, bias: Tensor?
  ) throws {
    precondition(zip(tokens, tokens.dropFirst()).allSatisfy(<))
    precondition(tokens.last.map { $0 < unembedding.rows } ?? false)
    try write(
      tokens.flatMap { token in withUnsafeBytes(of: token.littleEndian, Array.init) },
      to: ArtifactLayout.exitVocabularyTokens)
    try writeExitVocabularyRows(tokens, of: unembedding, bias: bias)
  }

  /// Writes the file of the rows alone.
  package func writeExitVocabularyRows(
    _ tokens: [UInt32], of unembedding: Tensor, bias: Tensor?
  ) throws {
    func rows(of tensor: Tensor, _ shape: [Int], _ name: String) -> WeightSource {
      WeightSource(
        rowsOf: [tensor], from: 0, shape: shape, name: name, rowOrder: { Int(tokens[$0]) })
    }
    var sources = [
      rows(
        of: unembedding, [tokens.count, unembedding.rowElements], ExitVocabularyRecord.weightName)
    ]
    if let bias { sources.append(rows(of: bias, [tokens.count], ExitVocabularyRecord.biasName)) }
    try write(sources, to: ArtifactLayout.exitVocabulary)
  }
}
