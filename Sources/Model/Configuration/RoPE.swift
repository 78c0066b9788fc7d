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
    case yarn(YaRN)
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
    switch scaling {
    case .longRoPE(let long): long.attentionFactor
    case .yarn(let yarn): yarn.attentionFactor
    default: 1
    }
  }

  private func scaled(_ bases: [Float], contextLength: Int) -> [Float] {
    let plain = bases.map { 1 / $0 }
    switch scaling {
    case .none: return plain
    case .longRoPE(let long):
      return zip(bases, long.factors(contextLength: contextLength)).map { 1 / ($1 * $0) }
    case .yarn(let yarn): return yarn.frequencies(bases, theta: theta)
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
