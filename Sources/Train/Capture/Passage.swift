import CleaveStorage

/// What the model says of a text, as far as it has run.
struct Passage {
  /// The index of the text.
  let index: Int
  /// The hidden states at each depth: `[positions, hidden]` in float16.
  private(set) var states: [[UInt16]]
  var top = TeacherLogits()

  /// - Parameter tokens: the number of tokens to make room for.
  init(index: Int, tokens: Int, _ configuration: CaptureConfiguration) {
    self.index = index
    var halves: [UInt16] = []
    halves.reserveCapacity(tokens * configuration.hiddenSize)
    states = Array(repeating: halves, count: configuration.depths.count)
  }

  /// Appends the states of the positions that follow.
  ///
  /// - Parameters:
  ///   - states: `[positions, hidden]`.
  ///   - depth: the index of the depth among those captured.
  ///   - model: names the model in errors.
  /// - Throws: `InputError` for states beyond float16's range.
  mutating func append(
    _ states: ArraySlice<Float>, depth: Int, _ configuration: CaptureConfiguration, model: String
  ) throws {
    let halves = Float16Conversion.narrowed(states)
    guard !Float16Conversion.areInfinite(halves) else {
      throw InputError(
        file: model, location: "depth \(configuration.depths[depth]), text \(index)",
        found: "hidden states beyond float16's range", expected: "at most 65504",
        advice: "This model's states cannot be captured there: choose another depth.")
    }
    self.states[depth] += halves
  }

  /// Drops the positions from this one on.
  mutating func cut(to length: Int, _ configuration: CaptureConfiguration) {
    for depth in states.indices {
      states[depth].removeLast(max(0, states[depth].count - length * configuration.hiddenSize))
    }
    top.cut(to: length, k: configuration.topK)
  }
}
