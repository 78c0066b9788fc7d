import CleaveStorage

extension PreTokenizer {
  private static let supported =
    "ByteLevel, Digits, Split, Metaspace, Whitespace, WhitespaceSplit, Punctuation, BertPreTokenizer, "
    + "CharDelimiterSplit, or a Sequence of these"

  /// The most stages: splitting recurses over them, and a hostile file could exhaust the stack.
  private static let mostStages = 16

  /// Reads `pre_tokenizer`; null means none.
  package init(_ node: JSONNode?) throws {
    var stages: [Stage] = []
    var isByteLevel = false
    let steps = try node.map(Self.steps) ?? []
    for (index, step) in steps.enumerated() {
      let type = try step.type().string()
      // Steps after ByteLevel see the byte alphabet, and may only cut there.
      guard !isByteLevel || !["ByteLevel", "Metaspace"].contains(type) else {
        throw step.refuse(
          expected: "steps that only cut behind ByteLevel", found: "\(type) behind ByteLevel")
      }
      stages += try Self.stages(step, isFirst: stages.isEmpty)
      if type == "ByteLevel" {
        isByteLevel = true
        if index < steps.count - 1 { stages.append(.spell) }
      }
    }
    guard stages.count <= Self.mostStages else {
      throw InputError(
        file: node?.file ?? "", location: node?.path ?? "", found: "\(stages.count)",
        expected: "at most \(Self.mostStages) steps")
    }
    self.stages = stages
    self.isByteLevel = isByteLevel
  }

  private static func stages(_ step: JSONNode, isFirst: Bool) throws -> [Stage] {
    switch try step.type().string() {
    case "ByteLevel": return try byteLevel(step)
    case "Digits":
      try step.allow(only: ["type", "individual_digits"])
      return [.digits(individual: try step.required("individual_digits").bool())]
    case "Split": return [try split(step)]
    case "Metaspace":
      let space = try Metaspace(step)
      guard isFirst || space.prepend != .first else {
        throw step.refuse(
          expected: "always or never behind other steps", found: "the prepend_scheme first")
      }
      return [.metaspace(space)]
    default: return try characterSteps(step)
    }
  }

  /// The steps that cut by classes of characters.
  private static func characterSteps(_ step: JSONNode) throws -> [Stage] {
    switch try step.type().string() {
    case "Whitespace":
      try step.allow(only: ["type"])
      return [.split(.words)]
    case "WhitespaceSplit":
      try step.allow(only: ["type"])
      return [.split(.spaces)]
    case "BertPreTokenizer":
      try step.allow(only: ["type"])
      return [.split(.spaces), .split(.punctuation(.isolated))]
    case "Punctuation":
      try step.allow(only: ["type", "behavior"])
      let behavior = try step.optional("behavior")?.oneOf(PatternSplit.Behavior.self)
      return [.split(.punctuation(behavior ?? .isolated))]
    case "CharDelimiterSplit":
      try step.allow(only: ["type", "delimiter"])
      let delimiter = try step.required("delimiter")
      guard try delimiter.string().unicodeScalars.count == 1 else {
        throw delimiter.refuse(expected: "one character")
      }
      return [
        .split(PatternSplit(pattern: try Pattern(literalOf: delimiter), behavior: .removed))
      ]
    default: throw try step.type().refuse(expected: supported)
    }
  }

  /// The members of nested sequences, flattened.
  private static func steps(_ node: JSONNode) throws -> [JSONNode] {
    guard try node.type().string().isSame("Sequence") else { return [node] }
    try node.allow(only: ["type", "pretokenizers"])
    return try node.required("pretokenizers").elements().flatMap(steps)
  }

  private static func byteLevel(_ node: JSONNode) throws -> [Stage] {
    try node.allow(only: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    let addsSpace = try node.required("add_prefix_space").bool()
    let usesRegex = try node.flag("use_regex", default: true)
    return (addsSpace ? [.prefixSpace] : []) + (usesRegex ? [.scan(.gpt2)] : [])
  }

  private static func split(_ node: JSONNode) throws -> Stage {
    try node.allow(only: ["type", "pattern", "behavior", "invert"])
    let isInverted = try node.required("invert").bool()
    let behavior = try node.required("behavior").oneOf(PatternSplit.Behavior.self)
    let pattern = try node.required("pattern")
    try pattern.allow(only: ["Regex", "String"])
    if let literal = try pattern.optional("String") {
      return try cut(literal, behavior, isInverted)
    }
    let regex = try pattern.required("Regex")
    let text = try regex.string()
    if behavior == .isolated, !isInverted,
      let known = TextScanner.known.first(where: { $0.regex.isSame(text) })
    {
      return .scan(known.scanner)
    }
    return .split(
      PatternSplit(
        pattern: try Pattern(regex),
        behavior: behavior, isInverted: isInverted))
  }

  private static func cut(
    _ literal: JSONNode, _ behavior: PatternSplit.Behavior, _ isInverted: Bool
  ) throws -> Stage {
    let pattern = Array(try literal.string().utf8)
    guard (1...64).contains(pattern.count) else {
      throw literal.refuse(expected: "from 1 to 64 bytes")
    }
    switch behavior {
    case .mergedWithPrevious where !isInverted: return .cutAfter(pattern)
    case .mergedWithNext where !isInverted: return .cutBefore(pattern)
    default:
      return .split(
        PatternSplit(
          pattern: try Pattern(literalOf: literal),
          behavior: behavior, isInverted: isInverted))
    }
  }
}

extension PreTokenizer.Metaspace {
  init(_ node: JSONNode) throws {
    try node.allow(
      only: ["type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
    let replacement = try node.required("replacement")
    guard try replacement.string().unicodeScalars.count == 1 else {
      throw replacement.refuse(expected: "one character")
    }
    self.replacement = Array(try replacement.string().utf8)
    splits = try node.flag("split", default: true)
    if let scheme = try node.optional("prepend_scheme") {
      prepend = try scheme.oneOf(Prepend.self)
    } else {
      // Files from before `prepend_scheme` use a flag.
      prepend = try node.flag("add_prefix_space", default: true) ? .always : .never
    }
  }
}
