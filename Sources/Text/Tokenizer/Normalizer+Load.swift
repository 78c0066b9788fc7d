import CleaveStorage

extension Normalizer {
  private static let supported =
    "NFC, NFD, Lowercase, Strip, Prepend, Replace, or a Sequence of these"

  /// The most steps: each one processes the whole text, and a hostile file could list any number.
  private static let mostStages = 16
  private static let longestText = 64

  /// Reads `normalizer`; null means none.
  init(_ node: JSONNode?) throws {
    guard let node else {
      self = .none
      return
    }
    let stages = try Self.steps(node).map(Self.stage)
    guard stages.count <= Self.mostStages else {
      throw node.refuse(expected: "at most \(Self.mostStages) steps", found: "\(stages.count)")
    }
    self.init(stages: stages)
  }

  /// The members of nested sequences, flattened.
  private static func steps(_ node: JSONNode) throws -> [JSONNode] {
    guard try node.type().string().isSame("Sequence") else { return [node] }
    try node.allow(only: ["type", "normalizers"])
    return try node.required("normalizers").elements().flatMap(steps)
  }

  private static func stage(_ node: JSONNode) throws -> Stage {
    switch try node.type().string() {
    case "NFC":
      try node.allow(only: ["type"])
      return .compose
    case "NFD":
      try node.allow(only: ["type"])
      return .decompose
    case "Lowercase":
      try node.allow(only: ["type"])
      return .lowercase
    case "Strip":
      try node.allow(only: ["type", "strip_left", "strip_right"])
      return .strip(
        left: try node.required("strip_left").bool(), right: try node.required("strip_right").bool()
      )
    case "Prepend":
      try node.allow(only: ["type", "prepend"])
      return .prepend(try text(node.required("prepend"), shortest: 0))
    case "Replace":
      try node.allow(only: ["type", "pattern", "content"])
      let pattern = try node.required("pattern")
      try pattern.allow(only: ["String"])
      return .replace(
        try text(pattern.required("String"), shortest: 1),
        with: try text(node.required("content"), shortest: 0))
    default: throw try node.type().refuse(expected: supported)
    }
  }

  private static func text(_ node: JSONNode, shortest: Int) throws -> [UInt8] {
    let text = Array(try node.string().utf8)
    guard (shortest...longestText).contains(text.count) else {
      throw node.refuse(expected: "from \(shortest) to \(longestText) bytes")
    }
    return text
  }
}
