import CleaveStorage

extension RoPE {
  static let kinds = ["none", "linear", "llama3", "divisors", "longrope", "yarn"]

  init(_ node: JSONNode) throws {
    try node.allow(only: ["theta", "scaling", "rotated_pairs"])
    theta = try node.required("theta").positiveNumber()
    rotatedPairs = try node.optional("rotated_pairs")?.int(in: 1...(1 << 24))
    let scalingNode = try node.required("scaling")
    let kindNode = try scalingNode.required("kind")
    switch try kindNode.string() {
    case "none": scaling = .none
    case "linear": scaling = .linear(factor: try scalingNode.required("factor").positiveNumber())
    case "llama3": scaling = try Self.llama3(scalingNode)
    case "longrope": scaling = .longRoPE(try LongRoPE(scalingNode))
    case "yarn": scaling = .yarn(try YaRN(scalingNode))
    case "divisors":
      scaling = .divisors(
        try scalingNode.required("divisors").elements().map { Float(try $0.positiveNumber()) })
    default: throw kindNode.refuse(expected: "one of \(Self.kinds.joined(separator: ", "))")
    }
  }

  /// The four numbers of Llama 3.1, under the names Hugging Face gives them.
  package static func llama3(_ node: JSONNode) throws -> Scaling {
    let lowNode = try node.required("low_freq_factor")
    let low = try lowNode.positiveNumber()
    let high = try node.required("high_freq_factor").positiveNumber()
    guard low < high else { throw lowNode.refuse(expected: "less than high_freq_factor, \(high)") }
    return .llama3(
      factor: try node.required("factor").positiveNumber(), lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalContext: try node.required("original_max_position_embeddings").int(in: 1...(1 << 30)))
  }

  var json: JSON {
    var object: JSONObject = JSONObject([("theta", .real(theta)), ("scaling", scalingJSON)])
    object["rotated_pairs"] = rotatedPairs.map { .integer(Int64($0)) }
    return .object(object)
  }

  /// Checks the numbers that depend on the width of a head.
  func validate(headDimension: Int, _ refuse: ModelConfiguration.Refuse) throws {
    let pairs = rotatedPairs ?? headDimension / 2
    guard (1...headDimension / 2).contains(pairs) else {
      throw refuse("rope.rotated_pairs", "\(pairs)", "from 1 to \(headDimension / 2)")
    }
    let expected = "\(pairs), one for each rotated pair"
    switch scaling {
    case .divisors(let divisors) where divisors.count != pairs:
      throw refuse("rope.scaling.divisors", "\(divisors.count) numbers", expected)
    case .longRoPE(let long) where long.short.count != pairs || long.long.count != pairs:
      throw refuse(
        "rope.scaling", "\(long.short.count) short and \(long.long.count) long factors", expected)
    case .yarn(let yarn): try validate(yarn, refuse)
    default: break
    }
  }

  private func validate(_ yarn: YaRN, _ refuse: ModelConfiguration.Refuse) throws {
    guard theta > 1 else {
      throw refuse("rope.theta", "\(theta)", "more than 1, whose logarithm yarn divides by")
    }
    guard yarn.factor >= 1, Float(yarn.factor).isFinite else {
      throw refuse("rope.scaling.factor", "\(yarn.factor)", "at least 1, within float32")
    }
    guard yarn.betaSlow < yarn.betaFast else {
      throw refuse(
        "rope.scaling.beta_slow", "\(yarn.betaSlow)", "less than beta_fast, \(yarn.betaFast)")
    }
  }

  private var scalingJSON: JSON {
    switch scaling {
    case .none: ["kind": "none"]
    case .linear(let factor): ["kind": "linear", "factor": .real(factor)]
    case .longRoPE(let long): long.json
    case .yarn(let yarn): yarn.json
    case .divisors(let divisors):
      ["kind": "divisors", "divisors": .array(divisors.map { .real(Double($0)) })]
    case .llama3(let factor, let low, let high, let context):
      [
        "kind": "llama3", "factor": .real(factor), "low_freq_factor": .real(low),
        "high_freq_factor": .real(high),
        "original_max_position_embeddings": .integer(Int64(context)),
      ]
    }
  }
}
