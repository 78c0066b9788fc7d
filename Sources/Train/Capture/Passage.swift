import CleaveStorage

/// What the model says of a text, as far as it has run.
struct Passage {
  /// The index of the text.
  let index: Int
  /// The hidden states at each depth: `[positions, hidden]`.
  private(set) var states: [ScaledHalves]
  var top = TeacherLogits()

  /// - Parameter tokens: the number of tokens to make room for.
  init(index: Int, tokens: Int, _ configuration: CaptureConfiguration) {
    self.index = index
    var none = ScaledHalves()
    none.reserve(positions: tokens, hidden: configuration.hiddenSize)
    states = Array(repeating: none, count: configuration.depths.count)
  }

  /// Appends the states of the positions that follow.
  ///
  /// - Parameters:
  ///   - states: `[positions, hidden]`.
  ///   - depth: the index of the depth among those captured.
  ///   - model: names the model in errors.
  /// - Throws: `InputError` for states that are infinite or not numbers.
  mutating func append(
    _ states: ArraySlice<Float>, depth: Int, _ configuration: CaptureConfiguration, model: String
  ) throws {
    guard self.states[depth].append(states, hidden: configuration.hiddenSize) else {
      throw InputError(
        file: model, location: "depth \(configuration.depths[depth]), text \(index)",
        found: "hidden states that are not finite", expected: "finite numbers",
        advice: "The model computes no numbers there: check the checkpoint.")
    }
  }

  /// Drops the positions from this one on.
  mutating func cut(to length: Int, _ configuration: CaptureConfiguration) {
    for depth in states.indices {
      states[depth].cut(to: length, hidden: configuration.hiddenSize)
    }
    top.cut(to: length, k: configuration.topK)
  }
}
