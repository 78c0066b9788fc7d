import CleaveModel
import CleaveStorage

extension Quantizer {
  /// Writes the rows of the exit vocabulary, which are those of the unembedding as it was rounded, bit for bit.
  func writeExitVocabulary(
    _ prepared: PreparedQuantization, into writer: ArtifactWriter
  ) throws {
    guard let (tokens, _, _) = try prepared.artifact.exitVocabulary() else { return }
    let configuration = prepared.artifact.manifest.configuration
    guard let entry = prepared.plan.entries.unembedding(in: configuration), !entry.isCopied,
      let rounded = try writer.stagedTensors(in: entry.file)[entry.name]
    else { return try writer.link(ArtifactLayout.exitVocabulary, from: prepared.artifact) }
    try writer.writeExitVocabularyRows(
      tokens, of: rounded, bias: try prepared.artifact.unembeddingBias())
  }
}

extension [QuantizationPlan.Entry] {
  /// The decision about the head, or about the embedding that it is tied to.
  func unembedding(in configuration: ModelConfiguration) -> QuantizationPlan.Entry? {
    let name: WeightName = configuration.tiedEmbeddings ? .tokenEmbedding : .head
    return first { $0.name == name.text }
  }
}
