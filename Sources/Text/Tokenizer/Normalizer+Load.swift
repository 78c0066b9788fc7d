import CleaveStorage

extension Normalizer {
  private static let supported =
    "NFC, NFD, NFKC, NFKD, Nmt, Precompiled, BertNormalizer, StripAccents, Lowercase, Strip, Prepend, "
    + "Replace, or a Sequence of these"

  /// The most steps: each one processes the whole text, and a hostile file could list any number.
  private static let mostStages = 16
  private static let longestText = 64

  /// Reads `normalizer`; null means none.
  init(_ node: JSONNode?) throws {
    guard let node else {
      self = .none
      return
    }
    let stages = try Self.steps(node).flatMap(Self.stages)
    guard stages.count <= Self.mostStages else {
      throw node.refuse(expected: "at most \(Self.mostStages) steps", found: "\(stages.count)")
    }
    guard NormalizerGrowth(of: stages).isAllowed else {
      throw node.refuse(
        expected: "steps that make a text at most \(Int(NormalizerGrowth.most)) times as long",
        found: "steps that can make it longer")
    }
    self.init(stages: stages)
  }

  /// The members of nested sequences, flattened.
  private static func steps(_ node: JSONNode) throws -> [JSONNode] {
    guard try node.type().string().isSame("Sequence") else { return [node] }
    try node.allow(only: ["type", "normalizers"])
    return try node.required("normalizers").elements().flatMap(steps)
  }

  private static func stages(_ node: JSONNode) throws -> [Stage] {
    if let simple = simple[try node.type().string()] {
      try node.allow(only: ["type"])
      return [simple]
    }
    switch try node.type().string() {
    case "Strip":
      try node.allow(only: ["type", "strip_left", "strip_right"])
      return [
        .strip(
          left: try node.required("strip_left").bool(),
          right: try node.required("strip_right").bool())
      ]
    case "Prepend":
      try node.allow(only: ["type", "prepend"])
      return [.prepend(try text(node.required("prepend"), shortest: 0))]
    case "Replace": return [try replace(node)]
    case "Precompiled": return try map(node)
    case "BertNormalizer": return try bert(node)
    default: throw try node.type().refuse(expected: supported)
    }
  }

  /// The steps without settings.
  private static let simple: [String: Stage] = [
    "NFC": .form(NormalizationForm(composes: true)),
    "NFD": .form(NormalizationForm(composes: false)),
    "NFKC": .form(NormalizationForm(composes: true, isCompatible: true)),
    "NFKD": .form(NormalizationForm(composes: false, isCompatible: true)),
    "Nmt": .characters(.nmt), "StripAccents": .characters(.stripAccents), "Lowercase": .lowercase,
  ]

  private static func replace(_ node: JSONNode) throws -> Stage {
    try node.allow(only: ["type", "pattern", "content"])
    let pattern = try node.required("pattern")
    try pattern.allow(only: ["String", "Regex"])
    let content = try text(node.required("content"), shortest: 0)
    if let regex = try pattern.optional("Regex") {
      return .replaceMatches(try Pattern(regex), with: content)
    }
    return .replace(try text(pattern.required("String"), shortest: 1), with: content)
  }

  /// The character map of a `Precompiled` step; none if it is empty.
  private static func map(_ node: JSONNode) throws -> [Stage] {
    try node.allow(only: ["type", "precompiled_charsmap"])
    guard let base64 = try node.optional("precompiled_charsmap") else { return [] }
    guard let bytes = Base64.decode(Array(try base64.string().utf8)) else {
      throw base64.refuse(expected: "base64", found: "a text that is none")
    }
    if bytes.isEmpty { return [] }
    do {
      return [.map(try CharacterMap(bytes))]
    } catch {
      throw base64.refuse(expected: error.expected, found: error.found)
    }
  }

  /// BERT's normalizer as the steps that it makes, in its order.
  private static func bert(_ node: JSONNode) throws -> [Stage] {
    try node.allow(
      only: ["type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"])
    let isLowercase = try node.required("lowercase").bool()
    var stages: [Stage] = []
    if try node.required("clean_text").bool() { stages.append(.characters(.bertClean)) }
    if try node.required("handle_chinese_chars").bool() {
      stages.append(.characters(.bertChinese))
    }
    if try node.flag("strip_accents", default: isLowercase) {
      stages += [.form(NormalizationForm(composes: false)), .characters(.bertAccents)]
    }
    return stages + (isLowercase ? [.lowercase] : [])
  }

  private static func text(_ node: JSONNode, shortest: Int) throws -> [UInt8] {
    let text = Array(try node.string().utf8)
    guard (shortest...longestText).contains(text.count) else {
      throw node.refuse(expected: "from \(shortest) to \(longestText) bytes")
    }
    return text
  }
}
