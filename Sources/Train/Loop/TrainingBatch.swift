import CleaveStorage

/// One micro-batch of captured texts.
struct TrainingBatch {
  let layout: BatchLayout
  /// The hidden states at each depth that an exit reads, `[rows, hidden]`.
  let states: [MatrixView]
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

  init(_ store: CaptureStore, depths: [Int], rows: Int) throws {
    self.store = store
    hidden = store.configuration.hiddenSize
    self.depths = try depths.map { depth in
      guard let index = store.configuration.depths.firstIndex(of: depth) else {
        throw InputError(
          file: store.path, location: "depths", found: "\(store.configuration.depths)",
          expected: "depth \(depth) among them, which an exit reads")
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
      for (buffer, depth) in zip(buffers, depths) {
        buffer.copy(sequence.states[depth], at: text.lowerBound * hidden)
      }
      for position in 0..<text.count {
        let weight = position >= sequence.promptLength - 1 ? 1 : Float(promptWeight)
        guard weight > 0 else { continue }
        rows.append(text.lowerBound + position)
        teacher.weights.append(weight)
        let range = position * store.configuration.topK..<(position + 1) * store.configuration.topK
        teacher.tokens += sequence.topIDs[range]
        teacher.logits += sequence.topLogits[range]
      }
    }
    return TrainingBatch(
      layout: layout, states: buffers.map { $0.matrix(layout.rows, hidden) }, rows: rows,
      teacher: teacher)
  }
}
