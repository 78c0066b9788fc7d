import CleaveModel
import CleaveStorage

extension Artifact {
  /// The matrix that turns normed states into logits, `[vocabulary, hidden]`: the head, or the embedding
  /// it is tied to.
  func unembedding() throws -> Tensor {
    let isTied = manifest.configuration.tiedEmbeddings
    let file = isTied ? ArtifactLayout.embedding : ArtifactLayout.head
    let name = (isTied ? WeightName.tokenEmbedding : .head).text
    guard let tensor = try tensors(in: file)[name] else {
      throw InputError(
        file: path, location: file, found: "no \(name)", expected: "the tensor of the unembedding")
    }
    return tensor
  }
}
