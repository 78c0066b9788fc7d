import CleaveStorage

/// The `tokenizer.ggml.*` metadata of a byte-level BPE vocabulary, from which a tokenizer.json is
/// made.
package struct GGUFVocabulary: Sendable {
  /// The file's path, for errors.
  package var file: String
  /// The value of `tokenizer.ggml.model`, which must be `gpt2`: byte-level BPE.
  package var model: String
  /// The value of `tokenizer.ggml.pre`: the name of the rule that splits text before merging.
  package var pre: String?
  package var tokens: [String]
  /// The value of `tokenizer.ggml.token_type`, one per token: 1 normal, 2 unknown, 3 control, 4
  /// user-defined, 5 unused, 6 byte.
  package var types: [Int]?
  /// The merges as `"left right"`, best first.
  package var merges: [String]
  package var bos: Int?
  package var eos: Int?
  /// Whether texts begin with `bos` or end with `eos`; nil if the metadata does not say.
  package var addBOS: Bool?
  package var addEOS: Bool?

  package init(
    file: String, model: String, pre: String?, tokens: [String], types: [Int]?, merges: [String],
    bos: Int? = nil, eos: Int? = nil, addBOS: Bool? = nil, addEOS: Bool? = nil
  ) {
    self.file = file
    self.model = model
    self.pre = pre
    self.tokens = tokens
    self.types = types
    self.merges = merges
    self.bos = bos
    self.eos = eos
    self.addBOS = addBOS
    self.addEOS = addEOS
  }

  /// The vocabulary as a tokenizer.json, with members in the order that Hugging Face's tokenizers
  /// package writes them.
  ///
  /// - Throws: `InputError` for an unsupported model or pre-tokenizer, or inconsistent lists.
  package func tokenizerJSON() throws -> JSON {
    let kind = try kind()
    try checkTokens()
    return [
      "version": "1.0",
      "truncation": .null,
      "padding": .null,
      "added_tokens": .array(addedTokens()),
      "normalizer": kind.normalizer,
      "pre_tokenizer": kind.rule.preTokenizer,
      "post_processor": try postProcessor(addsBOS: addBOS ?? kind.addsBOS),
      "decoder": GGUFSplitRule.byteLevel(addPrefixSpace: true, useRegex: true),
      "model": [
        "type": "BPE",
        "dropout": .null,
        "unk_token": .null,
        "continuing_subword_prefix": .null,
        "end_of_word_suffix": .null,
        "fuse_unk": false,
        "byte_fallback": false,
        "ignore_merges": .bool(kind.ignoresMerges),
        "vocab": vocabulary(),
        "merges": .array(try mergePairs()),
      ],
    ]
  }
}

extension GGUFVocabulary {
  /// The ids of control tokens with one of the given names.
  func controlTokens(named names: Set<String>) -> [Int] {
    guard let types, types.count == tokens.count else { return [] }
    return tokens.indices.filter {
      types[$0] == TokenType.control.rawValue && names.contains(tokens[$0])
    }
  }
}
