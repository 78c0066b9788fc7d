import CleaveStorage

/// Finds the chat template of a model directory where transformers looks for it: in files of its own,
/// then in tokenizer_config.json. Of several named templates the one named `default` is taken.
enum HuggingFaceTemplate {
  static let file = "chat_template.jinja"
  /// The file in which processors of multimodal models kept it.
  static let oldFile = "chat_template.json"
  private static let folder = "additional_chat_templates"
  private static let suffix = ".jinja"
  private static let standard = "default"

  static func read(directory: String, settings: JSONNode?) throws -> String? {
    let own = "\(directory)/\(file)"
    let more = "\(directory)/\(folder)"
    let names = FileSystem.isDirectory(more) ? try FileSystem.entries(of: more) : []
    if names.contains(standard + suffix) { return try text("\(more)/\(standard)\(suffix)") }
    if FileSystem.exists(own) { return try text(own) }
    if let name = names.sorted().first(where: { $0.hasSuffix(suffix) }) {
      throw InputError(
        file: more, found: "\(name) and no template named \"\(standard)\"",
        expected: "\(standard)\(suffix), or \(file) beside config.json",
        advice: "--without-chat-template imports the model without one.")
    }
    if let node = try settings?.optional("chat_template") { return try template(node) }
    let old = "\(directory)/\(oldFile)"
    guard FileSystem.exists(old) else { return nil }
    return try template(try FileSystem.readJSON(old).required("chat_template"))
  }

  private static func text(_ path: String) throws -> String {
    let bytes = try FileSystem.read(path, limit: 1 << 24)
    if let kind = FileKind(Array(bytes.prefix(FileKind.prefixBytes)), count: bytes.count),
      [.gitLFSPointer, .html, .zip, .gzip].contains(kind)
    {
      throw kind.refusal(file: path, expected: "a chat template")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8 text")
    }
    return text
  }

  /// A template, or the default one of a list of named templates.
  private static func template(_ node: JSONNode) throws -> String {
    switch node.value {
    case .array:
      for entry in try node.elements() where try entry.required("name").string() == standard {
        return try entry.required("template").string()
      }
    case .object: if let entry = try node.optional(standard) { return try entry.string() }
    default: return try node.string()
    }
    throw node.refuse(expected: "a template, or a list with one named \"\(standard)\"")
  }
}
