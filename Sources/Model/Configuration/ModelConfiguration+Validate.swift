import CleaveStorage

extension ModelConfiguration {
  /// The bounds of dimensions, far above every known model and far below where a product of two could overflow.
  static let largestDimension = 1 << 24
  static let largestBlockCount = 4096
  static let largestContext = 1 << 30
  static let largestExpertCount = 4096

  /// Checks what the engine relies on, wherever the configuration came from.
  ///
  /// - Parameters:
  ///   - file, location: name the source in errors.
  /// - Throws: `InputError` for a field that the engine could not run.
  package func validate(file: String, location: String) throws {
    func refuse(_ name: String, _ found: Any, _ expected: String) -> InputError {
      InputError(file: file, location: "\(location)\(name)", found: "\(found)", expected: expected)
    }
    // Ranges first: what follows divides and multiplies.
    for (name, value, largest) in bounded where !(1...largest).contains(value) {
      throw refuse(name, value, "from 1 to \(largest)")
    }
    guard headCount % kvHeadCount == 0 else {
      throw refuse("kv_head_count", kvHeadCount, "a divisor of the \(headCount) query heads")
    }
    guard headDimension % 2 == 0 else {
      throw refuse("head_dimension", headDimension, "an even number, which RoPE rotates in pairs")
    }
    guard querySize <= Self.largestDimension else {
      throw refuse("head_count", "\(headCount) x \(headDimension)", "at most 2^24 in all")
    }
    guard normEpsilon > 0, normEpsilon < 1 else {
      throw refuse("norm_epsilon", normEpsilon, "between 0 and 1")
    }
    for rope in ropes { try rope.validate(headDimension: headDimension, refuse) }
    try validateWindow(refuse)
    try validateExperts(refuse)
    guard embeddingScale > 0, embeddingScale.isFinite else {
      throw refuse("embedding_scale", embeddingScale, "a number above 0")
    }
    guard attentionScale.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw refuse("attention_scale", attentionScale ?? 0, "a number above 0")
    }
  }

  typealias Refuse = (_ name: String, _ found: String, _ expected: String) -> InputError

  private func validateWindow(_ refuse: Refuse) throws {
    guard let window else { return }
    guard (1...Self.largestContext).contains(window.size) else {
      throw refuse("sliding_window.size", "\(window.size)", "from 1 to \(Self.largestContext)")
    }
    let rises = zip(window.blocks, window.blocks.dropFirst()).allSatisfy(<)
    guard rises, let first = window.blocks.first, let last = window.blocks.last, first >= 0,
      last < blockCount
    else {
      throw refuse(
        "sliding_window.blocks", "\(window.blocks.prefix(16))",
        "rising indices of some of the \(blockCount) blocks")
    }
  }

  private func validateExperts(_ refuse: Refuse) throws {
    guard let experts = block.experts else { return }
    guard (1...Self.largestExpertCount).contains(experts.count) else {
      throw refuse(
        "block.experts.count", "\(experts.count)", "from 1 to \(Self.largestExpertCount)")
    }
    guard (1...experts.count).contains(experts.perToken) else {
      throw refuse("block.experts.per_token", "\(experts.perToken)", "from 1 to \(experts.count)")
    }
    let rows = experts.count * max(hiddenSize, intermediateSize)
    guard rows <= Self.largestDimension else {
      throw refuse(
        "block.experts.count", "\(experts.count) experts: \(rows) rows", "at most 2^24 in all")
    }
  }

  /// The integer fields, under their names in a manifest, with the largest value of each.
  private var bounded: [(name: String, value: Int, largest: Int)] {
    [
      ("hidden_size", hiddenSize, Self.largestDimension),
      ("head_count", headCount, Self.largestDimension),
      ("kv_head_count", kvHeadCount, Self.largestDimension),
      ("head_dimension", headDimension, Self.largestDimension),
      ("intermediate_size", intermediateSize, Self.largestDimension),
      ("vocabulary_size", vocabularySize, Self.largestDimension),
      ("block_count", blockCount, Self.largestBlockCount),
      ("context_length", contextLength, Self.largestContext),
    ]
  }
}

extension ModelConfiguration {
  private static let members = [
    "architecture", "hidden_size", "block_count", "head_count", "kv_head_count", "head_dimension",
    "intermediate_size", "vocabulary_size", "context_length", "norm_epsilon", "rope",
    "tied_embeddings", "block", "sliding_window", "embedding_scale", "attention_scale",
  ]

  init(_ node: JSONNode) throws {
    // A setting passed over would be another model.
    try node.allow(only: Self.members)
    func int(_ name: String) throws -> Int { try node.required(name).int() }
    let architectureNode = try node.required("architecture")
    let architecture = try architectureNode.string()
    guard Self.isName(architecture) else {
      throw architectureNode.refuse(expected: "a name of letters, digits, - and _")
    }
    self.init(
      architecture: architecture, hiddenSize: try int("hidden_size"),
      blockCount: try int("block_count"), headCount: try int("head_count"),
      kvHeadCount: try int("kv_head_count"), headDimension: try int("head_dimension"),
      intermediateSize: try int("intermediate_size"), vocabularySize: try int("vocabulary_size"),
      contextLength: try int("context_length"),
      normEpsilon: Float(try node.required("norm_epsilon").positiveNumber()),
      rope: try RoPE(try node.required("rope")),
      tiedEmbeddings: try node.required("tied_embeddings").bool())
    if let form = try node.optional("block") { block = try BlockForm(form) }
    window = try node.optional("sliding_window").map(SlidingWindow.init)
    if let scale = try node.optional("embedding_scale") {
      embeddingScale = Float(try scale.positiveNumber())
    }
    attentionScale = try node.optional("attention_scale").map { Float(try $0.positiveNumber()) }
    try validate(file: node.file, location: "\(node.path).")
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// The members of a manifest. What a Llama does not have is named only where it is there, so that older
  /// models keep their bytes.
  package var json: JSON {
    guard case .object(var object) = plainJSON else { return plainJSON }
    if !block.isPlain { object["block"] = block.json }
    object["sliding_window"] = window?.json
    if embeddingScale != 1 { object["embedding_scale"] = Self.json(embeddingScale) }
    object["attention_scale"] = attentionScale.map(Self.json)
    return .object(object)
  }

  /// The shortest decimal that gives the float32, which is shorter than that of its double.
  private static func json(_ value: Float) -> JSON {
    .real(Double(value.description) ?? Double(value))
  }

  private var plainJSON: JSON {
    func int(_ value: Int) -> JSON { .integer(Int64(value)) }
    return [
      "architecture": .string(architecture), "hidden_size": int(hiddenSize),
      "block_count": int(blockCount), "head_count": int(headCount),
      "kv_head_count": int(kvHeadCount), "head_dimension": int(headDimension),
      "intermediate_size": int(intermediateSize), "vocabulary_size": int(vocabularySize),
      "context_length": int(contextLength),
      "norm_epsilon": Self.json(normEpsilon),
      "rope": rope.json, "tied_embeddings": .bool(tiedEmbeddings),
    ]
  }
}
