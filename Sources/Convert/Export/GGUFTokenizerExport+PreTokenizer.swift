import CleaveStorage
import CleaveText

extension GGUFTokenizerExport {
  /// The GGUF pre-tokenizer that splits text as this tokenizer does. Compared by behaviour, because
  /// tokenizer.json can express the same step in several ways.
  func preTokenizer() throws -> GGUFPreTokenizer {
    let found = try node.required("pre_tokenizer")
    let stages = try PreTokenizer(found)
    let ignored = try model().optional("ignore_merges")
    let ignoresMerges = try ignored?.bool() ?? false
    let rule = try GGUFSplitRule.allCases.first {
      try PreTokenizer(JSONNode($0.preTokenizer, file: node.file)) == stages
    }
    let named = GGUFPreTokenizer.all.filter { $0.rule == rule }
    let composes = try node.optional("normalizer") != nil
    let match =
      named.first { $0.ignoresMerges == ignoresMerges && $0.composes == composes }
      ?? named.first { $0.ignoresMerges == ignoresMerges } ?? named.first
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
          + GGUFPreTokenizer.all.map(\.name).joined(separator: ", "),
        found: "a pre-tokenizer that GGUF cannot name")
    }
    guard ignoresMerges == match.ignoresMerges else {
      throw try (ignored ?? model()).refuse(
        expected: "ignore_merges \(match.ignoresMerges), as \"\(match.name)\" has it")
    }
    return match
  }
}
