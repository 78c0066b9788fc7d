import Glibc

/// Rotary position embedding (Su et al. 2021, arXiv 2104.09864): base and context extension.
public struct RoPE: Equatable, Sendable {
  public enum Scaling: Equatable, Sendable {
    case none
    /// Positions divided by the factor (position interpolation, arXiv 2306.15595).
    case linear(factor: Double)
    /// Llama 3.1: long wavelengths divided by the factor, short ones kept, smooth in between.
    case llama3(
      factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
    /// A divisor for each of the `headDimension / 2` frequencies, as GGUF's `rope_freqs.weight`.
    case divisors([Float])
  }

  public var theta: Double
  public var scaling: Scaling

  public init(theta: Double, scaling: Scaling = .none) {
    self.theta = theta
    self.scaling = scaling
  }

  /// Radians per position of each rotated pair: `[headDimension / 2]`. In float32, as the reference
  /// implementations compute them, so that long positions agree with theirs.
  public func inverseFrequencies(headDimension: Int) -> [Float] {
    let plain = (0..<headDimension / 2).map { pair -> Float in
      1 / Float(pow(theta, Double(Float(2 * pair) / Float(headDimension))))
    }
    switch scaling {
    case .none: return plain
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
  static let kinds = ["none", "linear", "llama3", "divisors"]

  init(_ node: JSONNode) throws {
    theta = try node.required("theta").positiveNumber()
    let scalingNode = try node.required("scaling")
    let kindNode = try scalingNode.required("kind")
    switch try kindNode.string() {
    case "none": scaling = .none
    case "linear": scaling = .linear(factor: try scalingNode.required("factor").positiveNumber())
    case "llama3": scaling = try Self.llama3(scalingNode)
    case "divisors":
      scaling = .divisors(
        try scalingNode.required("divisors").elements().map { Float(try $0.positiveNumber()) })
    default: throw kindNode.refuse(expected: "one of \(Self.kinds.joined(separator: ", "))")
    }
  }

  /// The four numbers of Llama 3.1, under the names Hugging Face gives them.
  public static func llama3(_ node: JSONNode) throws -> Scaling {
    let lowNode = try node.required("low_freq_factor")
    let low = try lowNode.positiveNumber()
    let high = try node.required("high_freq_factor").positiveNumber()
    guard low < high else { throw lowNode.refuse(expected: "less than high_freq_factor, \(high)") }
    return .llama3(
      factor: try node.required("factor").positiveNumber(), lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalContext: try node.required("original_max_position_embeddings").int(in: 1...(1 << 30)))
  }

  var json: JSON { ["theta": .real(theta), "scaling": scalingJSON] }

  private var scalingJSON: JSON {
    switch scaling {
    case .none: ["kind": "none"]
    case .linear(let factor): ["kind": "linear", "factor": .real(factor)]
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

extension JSONNode {
  public func positiveNumber() throws -> Double {
    let value = try number()
    guard value > 0, Float(value).isFinite, Float(value) > 0 else {
      throw refuse(expected: "a number above 0 within float32")
    }
    return value
  }
}
