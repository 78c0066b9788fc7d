import CleaveKernels
import CleaveStorage

/// The settings by which a token is chosen from logits.
package struct Sampling: Equatable, Sendable {
  /// The number that logits are divided by; 0 takes the most probable token.
  package var temperature: Float
  /// The number of most probable tokens to choose from; 0 for all.
  package var topK: Int
  /// The probability that the tokens to choose from reach together, the most probable first; 1 for all.
  package var topP: Float
  package var seed: UInt64

  package static let greedy = Sampling()

  package init(temperature: Float = 0, topK: Int = 0, topP: Float = 1, seed: UInt64 = 0) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.seed = seed
  }

  /// Chooses the token that will stand at `position`.
  ///
  /// The draw depends on seed and position alone, so an exit, the cloud and the whole model choose
  /// the same token from the same logits, whoever is asked.
  ///
  /// - Parameters:
  ///   - logits: `[vocabulary]`.
  ///   - summary: the summary of these logits.
  package func choose(from logits: [Float], _ summary: LogitsSummary, position: Int) -> Int {
    guard temperature > 0 else { return summary.token }
    let candidates = self.candidates(logits)
    var probabilities = VectorKernels.exponentials(
      candidates.map { ($0.logit - candidates[0].logit) / temperature })
    let kept = nucleus(&probabilities)
    let draw = Self.uniform(seed: seed, position: position) * kept.total
    var sum: Float = 0
    for index in 0..<kept.count {
      sum += probabilities[index]
      if draw < sum { return candidates[index].token }
    }
    return candidates[kept.count - 1].token
  }

  package func choose(from logits: [Float], position: Int) throws -> Int {
    choose(from: logits, try LogitsSummary(logits), position: position)
  }

  /// Tokens by falling logit, lower ids first among equals, cut to the k largest.
  private func candidates(_ logits: [Float]) -> [(token: Int, logit: Float)] {
    if topK > 0, topK < logits.count { return Self.largest(topK, of: logits) }
    let sorted = logits.enumerated().map { (token: $0, logit: $1) }
      .sorted { ($0.logit, $1.token) > ($1.logit, $0.token) }
    return sorted
  }

  /// The first k of the sorted tokens, in a fraction of the time that sorting takes.
  private static func largest(_ k: Int, of logits: [Float]) -> [(token: Int, logit: Float)] {
    var ids = [UInt32](repeating: 0, count: k)
    var values = [Float](repeating: 0, count: k)
    var summary = ck_logits_summary()
    ck_top_logits(nil, logits, logits.count, 1, k, &ids, &values, &summary)
    return zip(ids, values).map { (token: Int($0), logit: $1) }
  }

  /// The number of the falling probabilities that make up top-p of the whole, and their sum (nucleus
  /// sampling, Holtzman et al. 2020).
  private func nucleus(_ probabilities: inout [Float]) -> (count: Int, total: Float) {
    let whole = probabilities.reduce(0, +)
    var sum: Float = 0
    for (index, probability) in probabilities.enumerated() {
      sum += probability
      if topP < 1, sum >= topP * whole { return (index + 1, sum) }
    }
    return (probabilities.count, sum)
  }

  /// A number in [0, 1) drawn for a position.
  static func uniform(seed: UInt64, position: Int) -> Float {
    Float(SplitMix64.at(seed: seed, counter: UInt64(position)) >> 40) / Float(1 << 24)
  }
}
