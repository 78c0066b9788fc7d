import CleaveStorage

extension PieceDecoder {
  private static let supported =
    "ByteLevel, Metaspace, or a Sequence of Replace, ByteFallback, Fuse and Strip in this order"

  /// Reads the `decoder` of a character-level vocabulary.
  init(_ node: JSONNode) throws {
    let steps =
      try node.type().string().isSame("Sequence")
      ? node.required("decoders").elements() : [node]
    // Steps must come in this order: those before Fuse see tokens, those after it the text.
    var last = 0
    for step in steps {
      let rank = try read(step)
      guard NormalizerGrowth(of: stages).isAllowed else {
        throw step.refuse(
          expected:
            "replacements that make a token at most \(Int(NormalizerGrowth.most)) times as long",
          found: "replacements that can make it longer")
      }
      guard rank >= last else {
        throw try step.type().refuse(expected: Self.supported)
      }
      last = rank
    }
  }

  /// Reads one step.
  ///
  /// - Returns: the rank of the step in the required order.
  private mutating func read(_ node: JSONNode) throws -> Int {
    func text(_ name: String) throws -> [UInt8] { Array(try node.required(name).string().utf8) }
    switch try node.type().string() {
    case "Replace":
      try node.allow(only: ["type", "pattern", "content"])
      let pattern = try node.required("pattern")
      try pattern.allow(only: ["String"])
      let bytes = Array(try pattern.required("String").string().utf8)
      guard (1...64).contains(bytes.count), replacements.count < 16 else {
        throw pattern.refuse(expected: "at most 16 patterns of 1 to 64 bytes")
      }
      replacements.append(Replacement(pattern: bytes, content: try text("content")))
      return 0
    case "Metaspace":
      let space = try PreTokenizer.Metaspace(node)
      metaspace = (space.replacement, space.prepend != .never)
      return 0
    case "ByteFallback":
      try node.allow(only: ["type"])
      hasBytes = true
      return 1
    case "Fuse":
      try node.allow(only: ["type"])
      return 2
    case "Strip":
      try node.allow(only: ["type", "content", "start", "stop"])
      guard try node.required("stop").int() == 0 else {
        throw try node.required("stop").refuse(expected: "0: nothing taken off the end")
      }
      strip = (try text("content"), try node.required("start").int(in: 0...64))
      return 3
    default: throw try node.type().refuse(expected: Self.supported)
    }
  }
}
