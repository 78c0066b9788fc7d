import CleaveModel
import CleaveStorage

/// config.json, as the families ask it.
struct HuggingFaceSettings {
  let config: JSONNode

  init(_ config: JSONNode) { self.config = config }

  /// Whether the member is there, be it null.
  func has(_ name: String) throws -> Bool {
    try config.object().members.contains { $0.name == name }
  }

  func int(_ name: String) throws -> Int? { try config.optional(name)?.int() }

  func number(_ name: String) throws -> Double? { try config.optional(name)?.positiveNumber() }

  /// False where nothing is said.
  func flag(_ name: String) throws -> Bool { try config.optional(name)?.bool() ?? false }

  /// A member that, when there, must have this value.
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

  /// The blocks with a window by `layer_types`; nil where the file has none.
  func slidingBlocks(of count: Int) throws -> [Int]? {
    guard let node = try config.optional("layer_types") else { return nil }
    let types = try node.elements()
    guard types.count == count else {
      throw node.refuse(expected: "one for each of the \(count) blocks", found: "\(types.count)")
    }
    return try types.enumerated().filter { _, type in
      switch try type.string() {
      case Self.sliding: return true
      case Self.full: return false
      default: throw type.refuse(expected: "\(Self.full) or \(Self.sliding)")
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
