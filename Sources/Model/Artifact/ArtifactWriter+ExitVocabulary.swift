import CleaveStorage

extension ArtifactWriter {
  /// Writes the files of an exit vocabulary: its token ids, and the rows of the unembedding for them, bit for bit.
  ///
  /// - Parameters:
  ///   - tokens: rising, below the number of rows.
  ///   - unembedding: `[vocabulary, hidden]`.
  package func writeExitVocabulary(_ tokens: [UInt32], of unembedding: Tensor) throws {
    precondition(zip(tokens, tokens.dropFirst()).allSatisfy(<))
    precondition(tokens.last.map { $0 < unembedding.rows } ?? false)
    try write(
      tokens.flatMap { token in withUnsafeBytes(of: token.littleEndian, Array.init) },
      to: ArtifactLayout.exitVocabularyTokens)
    try writeExitVocabularyRows(tokens, of: unembedding)
  }

  /// Writes the file of the rows alone.
  package func writeExitVocabularyRows(_ tokens: [UInt32], of unembedding: Tensor) throws {
    let rows = WeightSource(
      rowsOf: [unembedding], from: 0, shape: [tokens.count, unembedding.rowElements],
      name: ExitVocabularyRecord.weightName, rowOrder: { Int(tokens[$0]) })
    try write([rows], to: ArtifactLayout.exitVocabulary)
  }
}
