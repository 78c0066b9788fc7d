import CleaveModel
import CleaveStorage

/// Reads a tokenizer with its special token ids and chat template.
enum HuggingFaceTokenizer {
  private static let generationConfig = "generation_config.json"
  private static let tokenizerConfig = "tokenizer_config.json"
  private static let chatTemplate = "chat_template.jinja"

  /// Optional files that are read if they are present beside tokenizer.json.
  static let besides = [generationConfig, tokenizerConfig, chatTemplate, sentencePiece]

  static func read(
    directory: String, config: HuggingFaceConfig, vocabularySize: Int, keepsTemplate: Bool
  ) throws -> ImportedTokenizer {
    let settings = try optional("\(directory)/\(tokenizerConfig)")
    let (node, text) = try tokenizer(directory, config: config, settings: settings)
    return try ImportedTokenizer(
      node, text: text,
      tokens: SpecialTokens(
        beginOfText: try config.optional("bos_token_id")?.int(),
        endOfText: try endOfText(directory: directory, config: config),
        chatTemplate: keepsTemplate
          ? try chatTemplate(directory: directory, settings: settings) : nil),
      beginOfText: try settings.flatMap(beginOfText), vocabularySize: vocabularySize)
  }

  /// The contents of tokenizer.json, or of one made from tokenizer.model if there is none.
  private static func tokenizer(
    _ directory: String, config: HuggingFaceConfig, settings: JSONNode?
  ) throws -> (JSONNode, ImportedTokenizer.Text) {
    let path = "\(directory)/tokenizer.json"
    if FileSystem.exists(path) { return (try FileSystem.readJSON(path), .file(path)) }
    let model = "\(directory)/\(sentencePiece)"
    guard FileSystem.exists(model) else {
      throw InputError(
        file: directory, found: "no tokenizer.json and no \(sentencePiece)",
        expected: "one of them beside config.json",
        advice: "Save the tokenizer with transformers' AutoTokenizer(..., use_fast=True).")
    }
    let read = try SentencePieceModel(path: model)
    var vocabulary = SentencePieceVocabulary(
      file: model, location: "pieces", pieces: read.pieces, addsSpace: read.addsSpace,
      before: try around("bos", default: true, config, settings, count: read.pieces.count),
      after: try around("eos", default: false, config, settings, count: read.pieces.count))
    vocabulary.isUnigram = read.isUnigram
    let json = try vocabulary.tokenizerJSON()
    return (JSONNode(json, file: model, path: "tokenizer"), .made(Array((json.text() + "\n").utf8)))
  }

  /// The token that tokenizer_config.json puts before or after texts; nil for none.
  private static func around(
    _ name: String, default isAdded: Bool, _ config: HuggingFaceConfig, _ settings: JSONNode?, count: Int
  ) throws -> Int? {
    guard try settings?.optional("add_\(name)_token")?.bool() ?? isAdded else { return nil }
    guard let node = try config.optional("\(name)_token_id") else { return nil }
    return try node.int(in: 0...(count - 1))
  }

  private static let sentencePiece = "tokenizer.model"

  private static func optional(_ path: String) throws -> JSONNode? {
    FileSystem.exists(path) ? try FileSystem.readJSON(path) : nil
  }

  /// The token that chat templates begin with, named in tokenizer_config.json as text or as an
  /// added token with a `content`.
  private static func beginOfText(_ settings: JSONNode) throws -> JSONNode? {
    guard let node = try settings.optional("bos_token") else { return nil }
    if case .object = node.value { return try node.required("content") }
    return node
  }

  /// The ids that end a text. generation_config.json takes precedence, as in transformers'
  /// `generate()`.
  private static func endOfText(directory: String, config: HuggingFaceConfig) throws -> [Int] {
    let generation = try optional("\(directory)/\(generationConfig)")
    guard
      let node = try generation?.optional("eos_token_id") ?? config.optional("eos_token_id")
    else { return [] }
    if case .array = node.value { return try node.elements().map { try $0.int() } }
    return [try node.int()]
  }

  private static func chatTemplate(directory: String, settings: JSONNode?) throws -> String? {
    let jinja = "\(directory)/\(chatTemplate)"
    if FileSystem.exists(jinja) {
      let bytes = try FileSystem.read(jinja, limit: 1 << 24)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InputError(file: jinja, found: "bytes that are not UTF-8", expected: "UTF-8 text")
      }
      return text
    }
    guard let node = try settings?.optional("chat_template") else { return nil }
    guard case .array = node.value else { return try node.string() }
    // A list holds several named templates; transformers takes "default".
    for entry in try node.elements() where try entry.required("name").string() == "default" {
      return try entry.required("template").string()
    }
    throw node.refuse(expected: "a template, or a list with one named \"default\"")
  }
}
