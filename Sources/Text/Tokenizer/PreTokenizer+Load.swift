import CleaveStorage

extension PreTokenizer {
  private static let supported =
    "ByteLevel, Digits, Split, Metaspace, or a Sequence of these with its only ByteLevel at the end"

  /// The most stages: splitting recurses over them, and a hostile file could exhaust the stack.
  private static let mostStages = 16

  /// Reads `pre_tokenizer`; null means none.
  package init(_ node: JSONNode?) throws {
    var stages: [Stage] = []
    var isByteLevel = false
    for step in try node.map(Self.steps) ?? [] {
      // A stage after ByteLevel would see the byte alphabet instead of the text.
      guard !isByteLevel else {
        throw step.refuse(expected: Self.supported, found: "a step after ByteLevel")
      }
      switch try step.type().string() {
      case "ByteLevel":
        stages += try Self.byteLevel(step)
        isByteLevel = true
      case "Digits":
        try step.allow(only: ["type", "individual_digits"])
        stages.append(.digits(individual: try step.required("individual_digits").bool()))
      case "Split": stages.append(try Self.split(step))
      case "Metaspace":
        guard stages.isEmpty else {
          throw step.refuse(
            expected: "Metaspace as the first step", found: "a Metaspace after other steps")
        }
        stages.append(.metaspace(try Metaspace(step)))
      default: throw try step.type().refuse(expected: Self.supported)
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
        pattern: try made(regex) { () throws(PatternFault) in try Pattern(text) },
        behavior: behavior, isInverted: isInverted))
  }

  private static func cut(
    _ literal: JSONNode, _ behavior: PatternSplit.Behavior, _ isInverted: Bool
  ) throws -> Stage {
    let text = try literal.string()
    let pattern = Array(text.utf8)
    guard (1...64).contains(pattern.count) else {
      throw literal.refuse(expected: "from 1 to 64 bytes")
    }
    switch behavior {
    case .mergedWithPrevious where !isInverted: return .cutAfter(pattern)
    case .mergedWithNext where !isInverted: return .cutBefore(pattern)
    default:
      return .split(
        PatternSplit(
          pattern: try made(literal) { () throws(PatternFault) in try Pattern(literal: text) },
          behavior: behavior, isInverted: isInverted))
    }
  }

  private static func made(
    _ node: JSONNode, _ make: () throws(PatternFault) -> Pattern
  ) throws -> Pattern {
    do {
      return try make()
    } catch {
      throw node.refuse(
        expected: error.expected, found: "at column \(error.column) \(error.found)")
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
