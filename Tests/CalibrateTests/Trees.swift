import CleaveCalibrate
import CleaveRuntime
import CleaveStorage
import TestSupport

extension ExitAnswer {
  /// - Parameters: what is not given is the confidence.
  static func of(
    _ token: Int, _ confidence: Float, margin: Float? = nil, entropy: Float? = nil
  ) -> ExitAnswer {
    ExitAnswer(
      token: token, maxProbability: confidence, margin: margin ?? confidence,
      entropyConfidence: entropy ?? confidence, plainMaxProbability: confidence)
  }
}

extension TextTree {
  /// Nodes of random answers, each after one that is there, from `range` of tokens.
  mutating func grow(by count: Int, _ random: inout SplitMix64) {
    for _ in 0..<count {
      var (location, asked): ((parent: Node, token: Int)?, Bool) = (nil, false)
      while !isEmpty {
        let next = (
          Int.random(in: 0..<self.count, using: &random), Int.random(in: 0..<1000, using: &random)
        )
        asked = hasFeedback && Bool.random(using: &random)
        guard child(of: next.0, next.1, asked: asked) == nil else { continue }
        location = next
        break
      }
      append(
        at: location, asked: asked,
        (0..<exitCount).map { _ in
          .of(
            Int.random(in: 0..<1000, using: &random), Float.random(in: 0...1, using: &random),
            margin: Float.random(in: 0...1, using: &random),
            entropy: Float.random(in: 0...1, using: &random))
        }, truth: Int.random(in: 0..<1000, using: &random),
        probability: Float.random(in: 0...1, using: &random))
    }
  }

  private var isEmpty: Bool { count == 0 }

  /// All that it says.
  func isSame(as other: TextTree?) -> Bool {
    guard let other else { return false }
    return parents == other.parents && tokens == other.tokens && asked == other.asked
      && truths == other.truths
      && truthProbabilities == other.truthProbabilities && answers == other.answers
  }
}

extension OpenLoop {
  /// - Parameter steps: confidences are multiples of one over this, so that many are equal; nil for any.
  static func random(
    prompts: Int, exits: Int, steps: Int?, _ random: inout SplitMix64
  ) -> OpenLoop {
    var places: [Place] = []
    for _ in 0..<prompts {
      let tokens = Int.random(in: 1...12, using: &random)
      for _ in 0..<tokens {
        let confidences = (0..<exits).map { _ in
          steps.map { Float(Int.random(in: 0...$0, using: &random)) / Float($0) }
            ?? Float.random(in: 0...1, using: &random)
        }
        places.append(
          Place(
            confidences: confidences,
            isRight: confidences.map { Float.random(in: 0..<1, using: &random) < $0 },
            weight: 1 / Double(tokens)))
      }
    }
    return OpenLoop(places: places, prompts: prompts, exitCount: exits)
  }
}
