import CleaveRuntime
import CleaveStorage

/// Fields that both kinds of requests have.
extension TextRequest {
  static let commonFields = [
    "model", "max_tokens", "temperature", "top_p", "top_k", "seed", "stop", "stream",
    "stream_options", "cleave",
  ]

  /// The most texts that end an answer, and their longest. OpenAI's interface takes four.
  private static let mostStops = 16
  private static let longestStop = 1024
  /// The most tokens that can be asked for: whether the model has room for them is another question.
  static let mostTokens = 1 << 24

  mutating func readCommon(_ node: JSONNode) throws {
    model = try node.optional("model")?.string()
    maxTokens = try node.optional("max_tokens").map { try $0.int(in: 0...Self.mostTokens) }
    sampling = try Self.sampling(node)
    stop = try Self.stop(node)
    streams = try node.flag("stream", default: false)
    if let options = try node.optional("stream_options") {
      try options.allow(only: ["include_usage", "include_obfuscation"])
      guard streams else { throw options.refuse(expected: "stream, which it belongs to") }
      streamsUsage = try options.flag("include_usage", default: false)
    }
    control = try Self.control(node)
  }

  private static func sampling(_ node: JSONNode) throws -> Sampling {
    let temperature = try node.optional("temperature").map { node in
      let value = Float(try node.number())
      guard (0...2).contains(value) else { throw node.refuse(expected: "a number from 0 to 2") }
      return value
    }
    let topP = try node.optional("top_p").map { node in
      let value = Float(try node.number())
      guard value > 0, value <= 1 else { throw node.refuse(expected: "above 0, up to 1") }
      return value
    }
    let topK = try node.optional("top_k")?.int(in: 0...Int(UInt32.max))
    return Sampling(
      temperature: temperature ?? 0, topK: topK ?? 0, topP: topP ?? 1,
      seed: try node.optional("seed").map(seed) ?? UInt64.random(in: 0...UInt64.max))
  }

  private static func seed(_ node: JSONNode) throws -> UInt64 {
    guard case .integer(let value) = node.value else { throw node.refuse(expected: "an integer") }
    return UInt64(bitPattern: value)
  }

  private static func stop(_ node: JSONNode) throws -> [String] {
    guard let node = try node.optional("stop") else { return [] }
    let nodes: [JSONNode]
    if case .string = node.value { nodes = [node] } else { nodes = try node.elements() }
    guard nodes.count <= mostStops else {
      throw node.refuse(expected: "at most \(mostStops)", found: "\(nodes.count) texts")
    }
    return try nodes.map { node in
      let text = try node.string()
      guard !text.isEmpty, text.utf8.count <= longestStop else {
        throw node.refuse(expected: "1 to \(longestStop) bytes", found: "\(text.utf8.count)")
      }
      return text
    }
  }

  private static func control(_ node: JSONNode) throws -> RunControl {
    guard let node = try node.optional("cleave") else { return RunControl() }
    try node.allow(only: ["mode", "threshold"])
    let mode = try node.optional("mode")?.oneOf(RunControl.Mode.self)
    return RunControl(mode: mode, thresholds: try node.optional("threshold").map(thresholds))
  }

  private static func thresholds(_ node: JSONNode) throws -> [Double] {
    let nodes: [JSONNode]
    if case .array = node.value { nodes = try node.elements() } else { nodes = [node] }
    guard (1...1024).contains(nodes.count) else {
      throw node.refuse(expected: "one number, or one for each exit")
    }
    return try nodes.map { node in
      let value = try node.number()
      guard value >= 0 else { throw node.refuse(expected: "a number of at least 0") }
      return value
    }
  }
}
