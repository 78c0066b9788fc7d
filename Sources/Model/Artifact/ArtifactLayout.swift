import CleaveStorage

/// The paths of the files in an artifact directory.
package enum ArtifactLayout {
  package static let manifest = "manifest.json"
  package static let tokenizer = "tokenizer.json"
  /// The tokenizer as tables that need no parsing. Older artifacts have none.
  package static let compiledTokenizer = "tokenizer.bin"
  /// The contents that the exits were trained on, in a whole model with trained exits.
  package static let trainingData = "training-data.json"
  /// The evidence of the calibration.
  package static let calibration = "calibration.json"
  /// The signature over all other files, where the artifact is signed.
  package static let signature = "model.sig"
  /// Documents about a bundle, which no stage reads and no manifest lists: the model card, the bill of materials and the
  /// provenance of its build.
  package static let documents = [modelCard, billOfMaterials, buildProvenance]
  package static let modelCard = "README.md"
  package static let billOfMaterials = "bom.cdx.json"
  package static let buildProvenance = "provenance.json"
  package static let embedding = "weights/embedding.safetensors"
  /// The final norm and, when it is not tied to the embedding, the unembedding.
  package static let head = "weights/head.safetensors"

  /// The file of a block, counted from 0 as in the names of tensors.
  package static func block(_ index: Int) -> String {
    "weights/block-\(padded(index)).safetensors"
  }

  /// The file of the exit after `depth` blocks.
  package static func exit(depth: Int) -> String { "exits/exit-\(padded(depth)).safetensors" }

  /// The token ids of the exit vocabulary, and the unembedding's rows of them.
  package static let exitVocabularyTokens = "exits/\(vocabularyTokensName)"
  package static let exitVocabulary = "exits/vocabulary.safetensors"
  private static let vocabularyTokensName = "vocabulary.bin"

  private static let directories = ["weights", "exits"]

  /// The first entry, in order, that no artifact of any version holds; nil when there is none. Such
  /// an entry is somebody's own, and the directory must not be removed.
  static func firstStray(in directory: String) throws -> String? {
    for name in try FileSystem.entries(of: directory) {
      let kind = FileSystem.kind("\(directory)/\(name)")
      if directories.contains(name), kind == .directory {
        let inner = try FileSystem.entries(of: "\(directory)/\(name)").first {
          !($0.hasSuffix(".safetensors") || "\(name)/\($0)" == exitVocabularyTokens)
            || FileSystem.kind("\(directory)/\(name)/\($0)") == .directory
        }
        if let inner { return "\(name)/\(inner)" }
        continue
      }
      // Of a link only the link would go.
      let isOurs =
        directories.contains(name)
        ? kind == .symbolicLink
        : ([manifest, tokenizer, compiledTokenizer, trainingData, calibration, signature]
          + documents)
          .contains(name)
          && kind != .directory
      if !isOurs { return name }
    }
    return nil
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
