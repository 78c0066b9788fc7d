import CleaveModel

/// The answers of every exit along the whole model's own answers to some prompts (teacher forcing). Policies are
/// estimated from it without generating a text for each. This is an estimate, because in a closed loop an
/// exit's wrong answer changes everything after it.
package struct OpenLoop {
  package struct Place {
    /// The confidence of each exit.
    package let confidences: [Float]
    /// Whether each exit's token is the whole model's.
    package let isRight: [Bool]
    /// One over the number of tokens of its text, so that every prompt counts alike.
    package let weight: Double

    package init(confidences: [Float], isRight: [Bool], weight: Double) {
      self.confidences = confidences
      self.isRight = isRight
      self.weight = weight
    }
  }

  /// The positions of all texts, one text after another.
  package let places: [Place]
  package let prompts: Int
  package let exitCount: Int

  /// - Parameter walks: one for each tree, with all exits off.
  package init(_ walks: [Walk], _ trees: [TextTree], signal: ExitRecord.Signal) {
    exitCount = trees.first?.exitCount ?? 0
    prompts = walks.count
    var places: [Place] = []
    for (walk, tree) in zip(walks, trees) {
      for step in walk.steps {
        let answers = (0..<tree.exitCount).map { tree.answer(of: $0, at: step.node) }
        places.append(
          Place(
            confidences: answers.map { $0.confidence(signal) },
            isRight: answers.map { $0.token == step.truth }, weight: 1 / Double(walk.steps.count)))
      }
    }
    self.places = places
  }

  package init(places: [Place], prompts: Int, exitCount: Int) {
    self.places = places
    self.prompts = prompts
    self.exitCount = exitCount
  }

  /// Thresholds for an exit at quantiles of its confidences, from safe to bold. Each lies midway between two
  /// neighbouring observed confidences, so that rounding cannot move one of them to the other side.
  package func thresholds(of exit: Int, quantiles: Int) -> [Double] {
    let observed = places.map { $0.confidences[exit] }.sorted(by: >)
    var thresholds: [Double] = []
    for quantile in 1...quantiles {
      let index = quantile * observed.count / quantiles
      guard index > 0 else { continue }
      // The next lower one: equal confidences stand on the same side.
      guard let below = observed[index...].first(where: { $0 < observed[index - 1] }) else {
        break
      }
      let midway = (Double(observed[index - 1]) + Double(below)) / 2
      if midway < thresholds.last ?? .infinity { thresholds.append(midway) }
    }
    return thresholds + [0]
  }
}
