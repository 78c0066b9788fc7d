import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Prompts of a known expected loss.
struct Population: CustomTestStringConvertible, Sendable {
  let name: String
  let mean: Double
  let isBinary: Bool
  let draw: @Sendable (inout SplitMix64) -> Double
  var testDescription: String { name }

  func draw(_ count: Int, _ random: inout SplitMix64) -> [Double] {
    (0..<count).map { _ in draw(&random) }
  }

  /// Rare and as large as can be.
  static func flips(_ mean: Double) -> Population {
    Population(name: "flips of \(mean)", mean: mean, isBinary: true) {
      Double.random(in: 0..<1, using: &$0) < mean ? 1 : 0
    }
  }

  /// Every prompt has a rate of its own, of Beta(shape, shape / mean - shape), by which each of its tokens
  /// errs: tokens of one prompt go together.
  static func prompts(_ mean: Double, shape: Double, tokens: Int) -> Population {
    Population(name: "tokens of rates about \(mean)", mean: mean, isBinary: false) { random in
      let hit = gamma(shape, &random)
      let rate = hit / (hit + gamma(shape / mean - shape, &random))
      let wrong = (0..<tokens).count { _ in Double.random(in: 0..<1, using: &random) < rate }
      return Double(wrong) / Double(tokens)
    }
  }

  /// Two losses, as often one as the other: ties, and none is 0.
  static func pair(_ low: Double, _ high: Double) -> Population {
    Population(name: "\(low) or \(high)", mean: (low + high) / 2, isBinary: false) {
      Bool.random(using: &$0) ? low : high
    }
  }

  static func constant(_ loss: Double) -> Population {
    Population(name: "always \(loss)", mean: loss, isBinary: false) { _ in loss }
  }

  /// A large loss with that chance, else a small one.
  static func rare(_ large: Double, _ chance: Double, else small: Double) -> Population {
    let mean = chance * large + (1 - chance) * small
    return Population(
      name: "\(large) at \(chance), else \(small)", mean: mean, isBinary: false
    ) { Double.random(in: 0..<1, using: &$0) < chance ? large : small }
  }
}

/// Marsaglia & Tsang 2000; for shapes below 1 by the power of a uniform number.
private func gamma(_ shape: Double, _ random: inout SplitMix64) -> Double {
  if shape < 1 {
    let uniform = Double.random(in: Double.leastNormalMagnitude..<1, using: &random)
    return gamma(shape + 1, &random) * pow(uniform, 1 / shape)
  }
  let (d, c) = (shape - 1 / 3.0, 1 / (9 * (shape - 1 / 3.0)).squareRoot())
  while true {
    let x = normal(&random)
    let v = pow(1 + c * x, 3)
    let uniform = Double.random(in: Double.leastNormalMagnitude..<1, using: &random)
    if v > 0, log(uniform) < x * x / 2 + d - d * v + d * log(v) { return d * v }
  }
}

private func normal(_ random: inout SplitMix64) -> Double {
  let radius = Double.random(in: Double.leastNormalMagnitude..<1, using: &random)
  return (-2 * log(radius)).squareRoot()
    * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
}
