import CleaveRuntime
import CleaveStorage

/// A forward pass of the whole model over many texts. Every batch is full whatever the lengths of the texts,
/// because a text may end, and the next begin, anywhere in a batch.
struct TeacherPass {
  private static let mostSequences = 16

  private let engine: WholeModelBatch
  private let configuration: CaptureConfiguration
  private let modelPath: String

  /// - Parameter longest: the number of tokens of the longest text.
  init(
    _ model: WholeModel, _ configuration: CaptureConfiguration, modelPath: String, longest: Int,
    pool: ThreadPool
  ) throws {
    engine = try WholeModelBatch(
      model, slots: Self.mostSequences, longest: longest, numerics: .standard, pool: pool)
    self.configuration = configuration
    self.modelPath = modelPath
  }

  /// A text that the model has read in part.
  private struct Passage {
    let index: Int
    let slot: Int
    var rest: ArraySlice<Int>
    var states: [[UInt16]]
    var top = TeacherLogits()
  }

  /// - Parameter onEnd: takes the texts in their order, with the hidden states at each depth,
  ///   `[length, hidden]` in float16, and the teacher's logits.
  func run(
    _ texts: [TrainingText],
    onEnd: (_ index: Int, _ states: [[UInt16]], _ top: TeacherLogits) throws -> Void
  ) throws {
    var free = Array((0..<Self.mostSequences).reversed())
    var passages: [Passage] = []
    var next = 0
    while next < texts.count || !passages.isEmpty {
      // Each batch begins with what is left of a text, if anything is.
      while next < texts.count, Self.columns(passages) < WholeModelBatch.largestBatch,
        let slot = free.popLast()
      {
        passages.append(passage(texts[next], index: next, slot: slot))
        next += 1
      }
      try step(&passages)
      while let first = passages.first, first.rest.isEmpty {
        try onEnd(first.index, first.states, first.top)
        engine.release(first.slot)
        free.append(first.slot)
        passages.removeFirst()
      }
    }
  }

  private static func columns(_ passages: [Passage]) -> Int {
    passages.reduce(0) { $0 + $1.rest.count }
  }

  private func passage(_ text: TrainingText, index: Int, slot: Int) -> Passage {
    var halves: [UInt16] = []
    halves.reserveCapacity(text.tokens.count * configuration.hiddenSize)
    return Passage(
      index: index, slot: slot, rest: text.tokens[...],
      states: Array(repeating: halves, count: configuration.depths.count))
  }

  /// Runs one batch and appends its results to their texts.
  private func step(_ passages: inout [Passage]) throws {
    var left = WholeModelBatch.largestBatch
    var pieces: [SequencePiece] = []
    for index in passages.indices where left > 0 {
      let tokens = passages[index].rest.prefix(left)
      passages[index].rest = passages[index].rest.dropFirst(tokens.count)
      left -= tokens.count
      pieces.append(.init(slot: passages[index].slot, tokens: tokens))
    }
    let columns = WholeModelBatch.largestBatch - left
    try engine.run(pieces) { depth, states in
      guard let index = configuration.depths.firstIndex(of: depth) else { return }
      try keep(states, of: pieces, depth: (index, depth), in: &passages)
    }
    let top = try engine.top(configuration.topK, columns: Array(0..<columns))
    var column = 0
    for (index, piece) in pieces.enumerated() {
      passages[index].top.append(top, rows: column..<(column + piece.tokens.count))
      column += piece.tokens.count
    }
  }

  private func keep(
    _ states: [Float], of pieces: [SequencePiece], depth: (index: Int, depth: Int),
    in passages: inout [Passage]
  ) throws {
    var start = 0
    for (index, piece) in pieces.enumerated() {
      let end = start + piece.tokens.count * configuration.hiddenSize
      let halves = Float16Conversion.narrowed(states[start..<end])
      guard !Float16Conversion.areInfinite(halves) else {
        throw InputError(
          file: modelPath, location: "depth \(depth.depth), text \(passages[index].index)",
          found: "hidden states beyond float16's range", expected: "at most 65504",
          advice: "This model's states cannot be captured there: choose another depth.")
      }
      passages[index].states[depth.index] += halves
      start = end
    }
  }
}
