extension PreTokenizer {
  private static let supported =
    "ByteLevel, Digits, Split, or a Sequence of these that ends with its only ByteLevel"

  /// Splitting recurses over the stages, so that a hostile number of them must not get that far.
  private static let mostStages = 16

  /// Reads `pre_tokenizer`.
  package init(_ node: JSONNode) throws {
    var stages: [Stage] = []
    var isByteLevel = false
    for step in try Self.steps(node) {
      // What follows a ByteLevel sees its alphabet instead of the text.
      guard !isByteLevel else { throw step.refuse(expected: Self.supported, found: "it last") }
      switch try step.type().string() {
      case "ByteLevel":
        stages += try Self.byteLevel(step)
        isByteLevel = true
      case "Digits":
        try step.allow(only: ["type", "individual_digits"])
        stages.append(.digits(individual: try step.required("individual_digits").bool()))
      case "Split": stages.append(.scan(try Self.scanner(step)))
      default: throw try step.type().refuse(expected: Self.supported)
      }
    }
    guard isByteLevel else {
      throw node.refuse(expected: Self.supported, found: "no ByteLevel at the end")
    }
    guard stages.count <= Self.mostStages else {
      throw node.refuse(expected: "at most \(Self.mostStages) steps", found: "\(stages.count)")
    }
    self.stages = stages
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

  private static func scanner(_ node: JSONNode) throws -> TextScanner {
    try node.allow(only: ["type", "pattern", "behavior", "invert"])
    guard try node.required("behavior").string().isSame("Isolated") else {
      throw try node.required("behavior").refuse(expected: "Isolated")
    }
    guard try !node.required("invert").bool() else {
      throw try node.required("invert").refuse(expected: "false")
    }
    let pattern = try node.required("pattern")
    try pattern.allow(only: ["Regex"])
    let regex = try pattern.required("Regex")
    let text = try regex.string()
    guard let known = TextScanner.known.first(where: { $0.regex.isSame(text) }) else {
      throw regex.refuse(
        expected: "one of these, to the letter: "
          + TextScanner.known.map(\.regex).joined(separator: "  or  "))
    }
    return known.scanner
  }
}
