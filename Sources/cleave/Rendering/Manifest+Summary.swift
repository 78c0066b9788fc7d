import CleaveModel
import CleaveStorage

extension Manifest {
  /// One line that says what the artifact is.
  var summary: String {
    let exitText =
      exits.isEmpty ? "" : ", exits after \(exits.map { "\($0.depth)" }.joined(separator: ", "))"
    return "\(role.rawValue), \(configuration.architecture), "
      + "blocks \(blocks.lowerBound)..<\(blocks.upperBound) of \(configuration.blockCount)"
      + "\(exitText), \(typeSummary), \(totalBytes.formattedBytes)"
  }

  /// What the exit vocabulary holds, in words; nil where there is none.
  var exitVocabularyText: String? {
    guard let exitVocabulary else { return nil }
    return "exit vocabulary: \(exitVocabulary.count) of \(configuration.vocabularySize) tokens, "
      + (exitVocabulary.includesText
        ? "with the text's own, " : "without the text's own (the head is not the embedding), ")
      + exitVocabularyBytes.formattedBytes
  }

  /// The bytes of the exit vocabulary's two files; 0 where there is none.
  var exitVocabularyBytes: Int {
    [ArtifactLayout.exitVocabularyTokens, ArtifactLayout.exitVocabulary].reduce(0) {
      $0 + (file($1)?.digest.bytes ?? 0)
    }
  }

  /// The types of the weights with their bytes, the largest share first.
  var typeSummary: String {
    var bytes: [TensorType: Int] = [:]
    for tensor in files.flatMap(\.tensors) {
      bytes[tensor.type, default: 0] += tensor.byteCount ?? 0
    }
    return bytes.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { "\($0.key.rawValue) \($0.value.formattedBytes)" }.joined(separator: " + ")
  }

  /// What rounding did to weights that a package had quantized, a line for each kind of weight.
  var roundingNotes: [String] {
    let prefix = "rounding."
    return (provenance.first?.settings ?? []).compactMap { name, value in
      guard name.hasPrefix(prefix) else { return nil }
      return "rounded \(name.dropFirst(prefix.count)): error \(value)"
    }
  }

  /// The licence that the source states, as `inspect` shows it; nil where it states none.
  var licenseText: String? {
    guard let license = sourceLicense else { return nil }
    let more = [license.name, license.link].compactMap(\.self)
    return "licence of the source: \(license.identifier)"
      + (more.isEmpty ? "" : " (\(more.joined(separator: ", ")))")
  }

  /// What the import left out or does otherwise than the checkpoint's own tools, a line for each.
  var importNotes: [String] {
    (provenance.first?.settings ?? []).compactMap { name, value in
      switch name {
      case "left_out": "left out: \(value)"
      case "tokens_without_embedding":
        "the model has no embedding for \(value): a text with such a token is refused"
      case "not_applied": "set in generation_config.json, and not applied by cleave: \(value)"
      case "long_rope":
        "LongRoPE: texts of any length are read with the factors for long ones; transformers does that "
          + "beyond \(value) tokens. --context \(value) imports the model for texts up to there"
      default: nil
      }
    }
  }
}
