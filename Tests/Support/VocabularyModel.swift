import CleaveModel
import CleaveStorage

/// Copies of models whose exits answer with a vocabulary.
package enum VocabularyModel {
  /// - Parameters:
  ///   - tokens: rising.
  ///   - model: with exits.
  ///   - depths: of the exits that get the vocabulary; nil for all.
  ///   - includesText: whether they may answer with the text's tokens too.
  package static func make(
    _ tokens: [Int], of model: Artifact, depths: [Int]? = nil, includesText: Bool,
    into scratch: Scratch, name: String = "vocabulary"
  ) throws -> Artifact {
    let writer = try ArtifactWriter(target: scratch(name), sources: [], force: true)
    for file in model.manifest.files { try writer.link(file.path, from: model) }
    try writer.writeExitVocabulary(
      tokens.map(UInt32.init), of: try model.unembedding(), bias: try model.unembeddingBias())
    var manifest = model.manifest
    for index in manifest.exits.indices
    where depths?.contains(manifest.exits[index].depth) ?? true {
      manifest.exits[index].unembedding = .vocabulary
    }
    manifest.exitVocabulary = .init(count: tokens.count, includesText: includesText)
    _ = try writer.finish(manifest)
    return try Artifact(opening: scratch(name))
  }
}
