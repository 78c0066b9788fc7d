import CleaveStorage

/// The body of a request: a JSON object whose fields are all known.
struct RequestBody {
  /// The name of the body in errors.
  static let name = "request"
  /// The deepest nesting of a body.
  private static let depth = 16

  /// Fields that change nothing about an answer here.
  private static let harmless = [
    "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
    "parallel_tool_calls",
  ]
  /// Fields that would change an answer, with the values at which they do not.
  private static let neutral: [(name: String, values: [String])] = [
    ("n", ["1"]), ("best_of", ["1"]), ("presence_penalty", ["0", "0.0"]),
    ("frequency_penalty", ["0", "0.0"]), ("logit_bias", ["{}"]), ("suffix", ["\"\""]),
    ("tools", ["[]"]), ("functions", ["[]"]), ("tool_choice", ["\"none\""]),
    ("function_call", ["\"none\""]), ("response_format", ["{\"type\":\"text\"}"]),
    ("modalities", ["[\"text\"]"]),
  ]

  let node: JSONNode

  /// - Parameter fields: the names that the reader knows, beside those that are ignored.
  /// - Throws: `InputError` for anything but a JSON object, `APIError` for a field that is not supported.
  init(_ bytes: [UInt8], fields: [String]) throws {
    node = try JSONNode(
      parsing: bytes, file: Self.name, path: "", depth: Self.depth, refusesHalves: true)
    for member in try node.members() {
      if case .null = member.node.value { continue }
      let name = member.name
      if (fields + Self.harmless).contains(where: { $0.isSame(name) }) { continue }
      guard let neutral = Self.neutral.first(where: { $0.name.isSame(name) }) else {
        throw APIError.unsupported(name)
      }
      let text = member.node.value.text(pretty: false)
      guard neutral.values.contains(text) else {
        throw APIError.unsupported(name, "expected \(neutral.values[0]), or nothing")
      }
    }
  }
}
