import CleaveModel

/// What exits say along the whole model's own texts of some prompts: from it policies are sketched
/// without writing a text for each. It is a sketch because an exit's wrong answer changes what follows.
package struct OpenLoop {
  package struct Place {
    /// Of each exit.
    package let confidences: [Float]
    package let isRight: [Bool]
    /// One over the tokens of its text: every prompt counts alike.
    package let weight: Double

    package init(confidences: [Float], isRight: [Bool], weight: Double) {
      self.confidences = confidences
      self.isRight = isRight
      self.weight = weight
    }
  }

  /// Text after text.
  package let places: [Place]
  package let prompts: Int
  package let exitCount: Int

  /// - Parameter walks: with all exits off, one for each tree.
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

  /// Thresholds for an exit, from safe to bold: midway between observed confidences that are neighbours,
  /// at as many quantiles; an observed confidence could itself be met by rounding on either side.
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
