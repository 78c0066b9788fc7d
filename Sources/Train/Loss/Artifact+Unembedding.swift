import CleaveModel
import CleaveStorage

extension Artifact {
  /// The unembedding, `[vocabulary, hidden]`: the output head, or the embedding where the two are tied.
  func unembedding() throws -> Tensor {
    let isTied = manifest.configuration.tiedEmbeddings
    let file = isTied ? ArtifactLayout.embedding : ArtifactLayout.head
    let name = (isTied ? WeightName.tokenEmbedding : .head).text
    guard let tensor = try tensors(in: file)[name] else {
      throw InputError(
        file: path, location: file, found: "no \(name)",
        expected: "the unembedding of the model",
        advice: "The artifact is damaged: import the model again.")
    }
    return tensor
  }
}
