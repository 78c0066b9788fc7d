import CleaveModel
import CleaveStorage

/// Reads a tokenizer with its special token ids and chat template.
enum HuggingFaceTokenizer {
  private static let tokenizerConfig = "tokenizer_config.json"

  /// Optional files that are read if they are present beside tokenizer.json.
  static let besides = [
    HuggingFaceGeneration.file, tokenizerConfig, StatedTokens.specialTokensMap,
    StatedTokens.addedTokens,
    HuggingFaceTemplate.file, HuggingFaceTemplate.oldFile, sentencePiece,
  ]

  static func read(
    directory: String, config: HuggingFaceConfig, vocabularySize: Int, keepsTemplate: Bool
  ) throws -> ImportedTokenizer {
    let settings = try optional("\(directory)/\(tokenizerConfig)")
    try checkSettings(settings)
    var (node, text) = try tokenizer(directory, config: config, settings: settings)
    let stated = try StatedTokens(directory: directory, settings: settings)
    var added = try AddedTokenList(node, for: stated)
    try added.add(stated)
    if let changed = added.changed { (node, text) = (changed, made(changed)) }
    return try ImportedTokenizer(
      node, text: text,
      tokens: SpecialTokens(
        beginOfText: try config.optional("bos_token_id")?.int(),
        endOfText: try endOfText(directory: directory, config: config).filter {
          // transformers accepts ids beyond the vocabulary, which the model never says.
          $0 < vocabularySize
        },
        chatTemplate: keepsTemplate
          ? try HuggingFaceTemplate.read(directory: directory, settings: settings) : nil,
        named: settings == nil && stated.named.isEmpty ? nil : stated.texts),
      named: stated.named, vocabularySize: vocabularySize)
  }

  private static func made(_ node: JSONNode) -> ImportedTokenizer.Text {
    .made(Array((node.value.text() + "\n").utf8))
  }

  /// The contents of tokenizer.json, or of one made from tokenizer.model if there is none.
  private static func tokenizer(
    _ directory: String, config: HuggingFaceConfig, settings: JSONNode?
  ) throws -> (JSONNode, ImportedTokenizer.Text) {
    let path = "\(directory)/tokenizer.json"
    if FileSystem.exists(path) { return (try FileSystem.readJSON(path), .file(path)) }
    let model = "\(directory)/\(sentencePiece)"
    guard FileSystem.exists(model) else {
      let hasGGUF = try FileSystem.entries(of: directory).contains { $0.hasSuffix(".gguf") }
      throw InputError(
        file: directory, found: "no tokenizer.json and no \(sentencePiece)",
        expected: "one of them beside config.json",
        advice: hasGGUF
          ? "Give the path of the GGUF file itself."
          : "Save the tokenizer with transformers' AutoTokenizer(..., use_fast=True).")
    }
    let read = try SentencePieceModel(path: model)
    var vocabulary = SentencePieceVocabulary(
      file: model, location: "pieces", pieces: read.pieces,
      addsSpace: try settings?.flag("add_prefix_space", default: read.addsSpace) ?? read.addsSpace,
      before: try around("bos", default: true, config, settings, read.pieces),
      after: try around("eos", default: false, config, settings, read.pieces))
    vocabulary.isUnigram = read.isUnigram
    vocabulary.isLegacy = try settings?.flag("legacy", default: true) ?? true
    let node = JSONNode(try vocabulary.tokenizerJSON(), file: model, path: "tokenizer")
    return (node, made(node))
  }

  /// Refuses a setting with which transformers makes other ids of the same tokenizer.json.
  private static func checkSettings(_ settings: JSONNode?) throws {
    guard let settings, try settings.flag("split_special_tokens", default: false) else { return }
    throw try settings.required("split_special_tokens").refuse(
      expected: "false: special tokens that a text spells out are found in it")
  }

  /// The token that tokenizer_config.json puts before or after texts; nil for none. It is the one that the
  /// same file names, else that of config.json.
  private static func around(
    _ name: String, default isAdded: Bool, _ config: HuggingFaceConfig, _ settings: JSONNode?,
    _ pieces: [SentencePieceVocabulary.Piece]
  ) throws -> Int? {
    guard try settings?.optional("add_\(name)_token")?.bool() ?? isAdded else { return nil }
    if let node = try settings?.optional("\(name)_token") {
      let content = try StatedToken(node, isSpecial: true).content
      if let id = pieces.firstIndex(where: { $0.text == content }) { return id }
    }
    guard var node = try config.optional("\(name)_token_id") else { return nil }
    if case .array = node.value {
      guard let first = try node.elements().first else { return nil }
      node = first
    }
    return try node.int(in: 0...(pieces.count - 1))
  }

  private static let sentencePiece = "tokenizer.model"

  private static func optional(_ path: String) throws -> JSONNode? {
    FileSystem.exists(path) ? try FileSystem.readJSON(path) : nil
  }

  /// The ids that end a text by the model's settings. generation_config.json takes precedence, as in
  /// transformers' `generate()`.
  private static func endOfText(directory: String, config: HuggingFaceConfig) throws -> [Int] {
    let generation = try optional("\(directory)/\(HuggingFaceGeneration.file)")
    guard
      let node = try generation?.optional("eos_token_id") ?? config.optional("eos_token_id")
    else { return [] }
    var nodes = [node]
    if case .array = node.value { nodes = try node.elements() }
    // transformers takes a negative id for none.
    return try nodes.filter { try $0.number() >= 0 }.map { try $0.int() }
  }
}
