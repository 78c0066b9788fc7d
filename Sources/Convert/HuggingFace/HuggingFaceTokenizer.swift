import CleaveModel

/// Reads the tokenizer and what stands beside it: special token ids and the chat template.
enum HuggingFaceTokenizer {
  static func read(directory: String, config: JSONNode) throws -> ImportedTokenizer {
    let path = "\(directory)/tokenizer.json"
    guard FileSystem.exists(path) else {
      throw InputError(
        file: directory, found: "no tokenizer.json", expected: "it beside config.json",
        advice: "Save the tokenizer with transformers' AutoTokenizer(..., use_fast=True).")
    }
    return ImportedTokenizer(
      // Written indented, it may be four times as long, and must still be read back.
      json: try FileSystem.readJSON(path, limit: FileSystem.largestJSON / 2).value,
      tokens: SpecialTokens(
        beginOfText: try config.optional("bos_token_id")?.int(),
        endOfText: try endOfText(directory: directory, config: config),
        chatTemplate: try chatTemplate(directory: directory)))
  }

  /// generation_config.json has the last word, as in transformers' generate().
  private static func endOfText(directory: String, config: JSONNode) throws -> [Int] {
    let path = "\(directory)/generation_config.json"
    let generation = FileSystem.exists(path) ? try FileSystem.readJSON(path) : nil
    guard
      let node = try generation?.optional("eos_token_id") ?? config.optional("eos_token_id")
    else { return [] }
    if case .array = node.value { return try node.elements().map { try $0.int() } }
    return [try node.int()]
  }

  private static func chatTemplate(directory: String) throws -> String? {
    let jinja = "\(directory)/chat_template.jinja"
    if FileSystem.exists(jinja) {
      let bytes = try FileSystem.read(jinja, limit: 1 << 24)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InputError(file: jinja, found: "bytes that are not UTF-8", expected: "UTF-8 text")
      }
      return text
    }
    let path = "\(directory)/tokenizer_config.json"
    guard FileSystem.exists(path),
      let node = try FileSystem.readJSON(path).optional("chat_template")
    else { return nil }
    guard case .array = node.value else { return try node.string() }
    // Several templates by name: "default" is the one transformers takes.
    for entry in try node.elements() where try entry.required("name").string() == "default" {
      return try entry.required("template").string()
    }
    throw node.refuse(expected: "a template, or a list with one named \"default\"")
  }
}
