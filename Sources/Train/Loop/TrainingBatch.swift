import CleaveStorage

/// One micro-batch of captured texts.
struct TrainingBatch {
  let layout: BatchLayout
  /// The hidden states at each depth that an exit reads, `[rows, hidden]`.
  let states: [MatrixView]
  /// The model's hidden states that the cloud sends back, `[rows, hidden]`; nil where no exit has feedback.
  let deep: MatrixView?
  /// The model's last hidden states, `[rows, hidden]`; nil where no loss compares with them.
  let last: MatrixView?
  /// The number of tokens of each text's prompt.
  let promptLengths: [Int]
  /// The rows that have a loss.
  let rows: [Int]
  let teacher: TeacherTargets
}

/// Reads micro-batches from a store. The memory of a batch is overwritten by the next one.
final class BatchReader {
  private let store: CaptureStore
  private let depths: [Int]  // indices into the store's
  private let buffers: [FloatBuffer]
  private let hidden: Int
  private let hasFeedback, hasLast: Bool

  /// - Parameters:
  ///   - network: the exits that the batches are for.
  ///   - hasLast: whether the batches have the model's last hidden states.
  convenience init(
    _ store: CaptureStore, for network: TrainableExits, hasLast: Bool = false
  ) throws {
    try self.init(
      store, depths: network.depths, feedbackDepth: network.feedbackDepth, hasLast: hasLast,
      rows: network.rows)
  }

  /// - Parameters:
  ///   - depths: those of the hidden states that exits read.
  ///   - feedbackDepth: that of the hidden states that the cloud sends back.
  ///   - hasLast: whether the batches have the model's last hidden states.
  init(
    _ store: CaptureStore, depths: [Int], feedbackDepth: Int? = nil, hasLast: Bool = false,
    rows: Int
  ) throws {
    self.store = store
    hidden = store.configuration.hiddenSize
    hasFeedback = feedbackDepth != nil
    self.hasLast = hasLast
    if hasLast { try store.requireLastStates() }
    let depths =
      depths + (feedbackDepth.map { [$0] } ?? [])
      + (hasLast ? [store.configuration.blockCount] : [])
    self.depths = try depths.map { depth in
      guard let index = store.configuration.depths.firstIndex(of: depth) else {
        throw InputError(
          file: store.path, location: "depths", found: "\(store.configuration.depths)",
          expected: "depth \(depth) among them, which an exit reads or gets back")
      }
      return index
    }
    buffers = depths.map { _ in FloatBuffer(rows * store.configuration.hiddenSize) }
  }

  /// - Parameters:
  ///   - sequences: indices into the store.
  ///   - promptWeight: the weight of rows inside prompts in the loss; 0 leaves them out.
  func read(_ sequences: [Int], promptWeight: Double) throws -> TrainingBatch {
    let lengths = sequences.map { store.sequences[$0].length }
    let layout = BatchLayout(lengths: lengths)
    var teacher = TeacherTargets(count: store.configuration.topK)
    var rows: [Int] = []
    for (text, index) in zip(layout.texts, sequences) {
      let sequence = try store.read(index)
      teacher.texts.append(sequence.tokens)
      for (buffer, depth) in zip(buffers, depths) {
        buffer.copy(sequence.states[depth], at: text.lowerBound * hidden)
      }
      for position in 0..<text.count {
        let weight = position >= sequence.promptLength - 1 ? 1 : Float(promptWeight)
        guard weight > 0 else { continue }
        rows.append(text.lowerBound + position)
        teacher.weights.append(weight)
        teacher.positions.append(.init(text: teacher.texts.count - 1, position: position))
        let range = position * store.configuration.topK..<(position + 1) * store.configuration.topK
        teacher.tokens += sequence.topIDs[range]
        teacher.logits += sequence.topLogits[range]
      }
    }
    var states = buffers.map { $0.matrix(layout.rows, hidden) }
    let last = hasLast ? states.removeLast() : nil
    let deep = hasFeedback ? states.removeLast() : nil
    return TrainingBatch(
      layout: layout, states: states, deep: deep, last: last,
      promptLengths: sequences.map { store.sequences[$0].promptLength }, rows: rows,
      teacher: teacher)
  }
}
