import CleaveModel
import CleaveStorage

/// Typed access to the settings of config.json.
struct HuggingFaceSettings {
  let config: JSONNode
  /// The share of each head that RoPE rotates where the file does not say; nil in a family without the setting.
  let rotatedShare: Double?
  /// An older name of that share in config.json.
  let shareKey: String?
  /// The width of a head where the file does not say; nil for the hidden size by the number of heads.
  private let usualHead: Int?

  init(
    _ config: JSONNode, rotatedShare: Double? = nil, shareKey: String? = nil,
    headDimension: Int? = nil
  ) {
    self.config = config
    self.rotatedShare = rotatedShare
    self.shareKey = shareKey
    usualHead = headDimension
  }

  /// The width of a head.
  func headDimension() throws -> Int {
    if let stated = try int("head_dim") ?? usualHead { return stated }
    let heads = try config.required("num_attention_heads").int(in: 1...(1 << 24))
    return try config.required("hidden_size").int() / heads
  }

  /// Whether the member is present, even as null.
  func has(_ name: String) throws -> Bool {
    try config.object().members.contains { $0.name == name }
  }

  func int(_ name: String) throws -> Int? { try config.optional(name)?.int() }

  func number(_ name: String) throws -> Double? { try config.optional(name)?.positiveNumber() }

  /// A number above 0 within float32, in which the manifest stores it.
  func single(_ name: String) throws -> Float? {
    try config.optional(name).map {
      let value = Float(try $0.positiveNumber())
      guard value > 0, value.isFinite else {
        throw $0.refuse(expected: "a number above 0 within float32")
      }
      return value
    }
  }

  /// An activation by transformers' name of it; nil where the file does not say.
  func activation(_ name: String) throws -> BlockForm.Activation? {
    guard let node = try config.optional(name) else { return nil }
    switch try node.string() {
    case "silu", "swish": return .silu
    case "gelu": return .gelu
    case "gelu_new", "gelu_fast", "gelu_pytorch_tanh": return .geluTanh
    default: throw node.refuse(expected: "silu, gelu, gelu_new, gelu_fast or gelu_pytorch_tanh")
    }
  }

  /// A boolean setting; false if absent.
  func flag(_ name: String) throws -> Bool { try config.optional(name)?.bool() ?? false }

  /// Checks that an optional setting, if present, has the given value.
  func require(_ name: String, _ value: Int, _ meaning: String) throws {
    guard let node = try config.optional(name), try node.int() != value else { return }
    throw node.refuse(expected: "\(value): \(meaning)")
  }

  func requireEmpty(_ name: String, _ meaning: String) throws {
    guard let node = try config.optional(name), try !node.elements().isEmpty else { return }
    throw node.refuse(expected: "an empty list: \(meaning)")
  }

  private static let sliding = "sliding_attention"
  private static let full = "full_attention"

  /// The blocks with a sliding window by `layer_types`; nil if the file has no such list.
  func slidingBlocks(of count: Int) throws -> [Int]? {
    guard let node = try config.optional("layer_types") else { return nil }
    let types = try node.elements()
    guard types.count == count else {
      throw node.refuse(
        expected: "\(count) layer types, one per block", found: "\(types.count) layer types")
    }
    return try types.enumerated().filter { _, type in
      switch try type.string() {
      case Self.sliding: return true
      case Self.full: return false
      default: throw type.refuse(expected: "\(Self.full) or \(Self.sliding)")
      }
    }.map(\.offset)
  }

  /// The blocks that `layer_types` gives another type than full attention.
  func blocks(of type: String, in node: JSONNode, count: Int) throws -> [Int] {
    let types = try node.elements()
    guard types.count == count else {
      throw node.refuse(
        expected: "\(count) layer types, one per block", found: "\(types.count) layer types")
    }
    return try types.enumerated().filter { _, found in
      switch try found.string() {
      case type: return true
      case Self.full: return false
      default: throw found.refuse(expected: "\(Self.full) or \(type)")
      }
    }.map(\.offset)
  }

  static func layerTypes(_ model: ModelConfiguration) -> JSON {
    .array(
      (0..<model.blockCount).map {
        .string(model.attention(ofBlock: $0).window == nil ? full : sliding)
      })
  }
}
