import CleaveStorage
import Glibc

/// Rotary position embedding (Su et al. 2021, arXiv 2104.09864): base and context extension.
package struct RoPE: Equatable, Sendable {
  package enum Scaling: Equatable, Sendable {
    case none
    /// Positions divided by the factor (position interpolation, arXiv 2306.15595).
    case linear(factor: Double)
    /// Llama 3.1: long wavelengths divided by the factor, short ones kept, smooth in between.
    case llama3(
      factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
    /// A divisor for each of the `headDimension / 2` frequencies, as GGUF's `rope_freqs.weight`.
    case divisors([Float])
    /// LongRoPE (Ding et al., arXiv 2402.13753).
    case longRoPE(LongRoPE)
  }

  package var theta: Double
  package var scaling: Scaling
  /// Number of pairs of each head that are rotated; nil for all. The others come after them and stay as
  /// they are.
  package var rotatedPairs: Int?

  package init(theta: Double, scaling: Scaling = .none, rotatedPairs: Int? = nil) {
    self.theta = theta
    self.scaling = scaling
    self.rotatedPairs = rotatedPairs
  }

  /// Radians per position of each pair: `[headDimension / 2]`, 0 for those that are not rotated. In
  /// float32, as the reference implementations compute them, so that long positions agree with theirs.
  ///
  /// - Parameter contextLength: the most positions of the model.
  package func inverseFrequencies(headDimension: Int, contextLength: Int) -> [Float] {
    let pairs = rotatedPairs ?? headDimension / 2
    let bases = (0..<pairs).map { pair in
      Float(pow(theta, Double(Float(2 * pair) / Float(2 * pairs))))
    }
    return scaled(bases, contextLength: contextLength)
      + repeatElement(0, count: headDimension / 2 - pairs)
  }

  /// The factor that cosines and sines of the rotated pairs are multiplied by.
  package var attentionFactor: Float {
    if case .longRoPE(let long) = scaling { return long.attentionFactor }
    return 1
  }

  private func scaled(_ bases: [Float], contextLength: Int) -> [Float] {
    let plain = bases.map { 1 / $0 }
    switch scaling {
    case .none: return plain
    case .longRoPE(let long):
      return zip(bases, long.factors(contextLength: contextLength)).map { 1 / ($1 * $0) }
    case .linear(let factor): return plain.map { $0 / Float(factor) }
    case .divisors(let divisors): return zip(plain, divisors).map { $0 / $1 }
    case .llama3(let factor, let low, let high, let context):
      return plain.map { Self.llama3($0, factor, low, high, Double(context)) }
    }
  }

  private static func llama3(
    _ frequency: Float, _ factor: Double, _ low: Double, _ high: Double, _ context: Double
  ) -> Float {
    let wavelength = 2 * Double.pi / Double(frequency)
    if wavelength < context / high { return frequency }
    if wavelength > context / low { return Float(Double(frequency) / factor) }
    let smooth = (context / wavelength - low) / (high - low)
    return Float((1 - smooth) * Double(frequency) / factor + smooth * Double(frequency))
  }
}

extension RoPE {
  static let kinds = ["none", "linear", "llama3", "divisors", "longrope"]

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
    default: break
    }
  }

  private var scalingJSON: JSON {
    switch scaling {
    case .none: ["kind": "none"]
    case .linear(let factor): ["kind": "linear", "factor": .real(factor)]
    case .longRoPE(let long): long.json
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
