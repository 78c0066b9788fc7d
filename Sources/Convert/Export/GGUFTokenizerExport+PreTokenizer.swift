import CleaveStorage
import CleaveText

extension GGUFTokenizerExport {
  /// The GGUF pre-tokenizer that splits text as this tokenizer does. Compared by behaviour, because
  /// tokenizer.json can express the same step in several ways.
  func preTokenizer() throws -> GGUFPreTokenizer {
    let found = try node.required("pre_tokenizer")
    let stages = try PreTokenizer(found)
    let match = try GGUFPreTokenizer.allCases.first {
      try PreTokenizer(JSONNode($0.preTokenizer, file: node.file)) == stages
    }
    if let normalizer = try node.optional("normalizer"),
      normalizer.value.text(pretty: false) != (match?.normalizer ?? .null).text(pretty: false),
      try normalizer.optional("normalizers")?.elements().isEmpty != true
    {
      throw normalizer.refuse(
        expected: "none: llama.cpp cannot express it", found: "a normalizer")
    }
    guard let match else {
      throw found.refuse(
        expected: "the pre-tokenizer of one of "
          + GGUFPreTokenizer.allCases.map(\.name).joined(separator: ", "),
        found: "a pre-tokenizer that GGUF cannot name")
    }
    let ignored = try model().optional("ignore_merges")
    guard try ignored?.bool() ?? false == match.ignoresMerges else {
      throw try (ignored ?? model()).refuse(
        expected: "ignore_merges \(match.ignoresMerges), as \"\(match.name)\" has it")
    }
    return match
  }
}
