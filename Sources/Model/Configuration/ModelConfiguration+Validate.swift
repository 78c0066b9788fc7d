extension ModelConfiguration {
  /// Bounds far above every known model and far below where a product of two could overflow.
  static let largestDimension = 1 << 24
  static let largestBlockCount = 4096
  static let largestContext = 1 << 30

  /// Checks what the engine relies on, however the configuration was come by.
  ///
  /// - Parameters:
  ///   - file, place: name the source in errors.
  public func validate(file: String, place: String) throws {
    func refuse(_ name: String, _ found: some Any, _ expected: String) -> InputError {
      InputError(file: file, place: "\(place)\(name)", found: "\(found)", expected: expected)
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
    if case .divisors(let divisors) = rope.scaling, divisors.count != headDimension / 2 {
      throw refuse(
        "rope.scaling.divisors", "\(divisors.count) numbers",
        "\(headDimension / 2), one for each rotated pair")
    }
  }

  /// The integers, under their names in a manifest, with the largest value of each.
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
  init(_ node: JSONNode) throws {
    func int(_ name: String) throws -> Int { try node.required(name).int() }
    let architectureNode = try node.required("architecture")
    guard let architecture = Architecture(rawValue: try architectureNode.string()) else {
      throw architectureNode.refuse(expected: "one of \(Architecture.supported)")
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
    try validate(file: node.file, place: "\(node.path).")
  }

  public var json: JSON {
    func int(_ value: Int) -> JSON { .integer(Int64(value)) }
    return [
      "architecture": .string(architecture.rawValue), "hidden_size": int(hiddenSize),
      "block_count": int(blockCount), "head_count": int(headCount),
      "kv_head_count": int(kvHeadCount), "head_dimension": int(headDimension),
      "intermediate_size": int(intermediateSize), "vocabulary_size": int(vocabularySize),
      "context_length": int(contextLength),
      // The shortest decimal of the float32, not of its double.
      "norm_epsilon": .real(Double(normEpsilon.description) ?? Double(normEpsilon)),
      "rope": rope.json, "tied_embeddings": .bool(tiedEmbeddings),
    ]
  }
}
