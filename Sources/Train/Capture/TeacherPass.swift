import CleaveRuntime

/// A forward pass of the whole model over many texts. Every batch is full whatever the lengths of the texts,
/// because a text may end, and the next begin, anywhere in a batch.
package struct TeacherPass {
  private static let mostSequences = 16

  private let engine: WholeModelBatch
  private let configuration: CaptureConfiguration
  private let modelPath: String

  /// - Parameter longest: the number of tokens of the longest text.
  package init(
    _ model: WholeModel, _ configuration: CaptureConfiguration, modelPath: String, longest: Int,
    pool: ThreadPool
  ) throws {
    engine = try WholeModelBatch(
      model, slots: Self.mostSequences, longest: longest, numerics: .standard, pool: pool)
    self.configuration = configuration
    self.modelPath = modelPath
  }

  /// A text that the model has read in part.
  private struct Reading {
    let slot: Int
    var rest: ArraySlice<Int>
    var passage: Passage
  }

  /// - Parameter onEnd: takes the texts in their order, with the hidden states at each depth,
  ///   `[length, hidden]` in float16, and the teacher's logits.
  package func run(
    _ texts: [TrainingText],
    onEnd: (_ index: Int, _ states: [ScaledHalves], _ top: TeacherLogits) throws -> Void
  ) throws {
    var free = Array((0..<Self.mostSequences).reversed())
    var readings: [Reading] = []
    var next = 0
    while next < texts.count || !readings.isEmpty {
      // Each batch begins with what is left of a text, if anything is.
      while next < texts.count, Self.columns(readings) < WholeModelBatch.largestBatch,
        let slot = free.popLast()
      {
        readings.append(
          Reading(
            slot: slot, rest: texts[next].tokens[...],
            passage: Passage(index: next, tokens: texts[next].tokens.count, configuration)))
        next += 1
      }
      try step(&readings)
      while let first = readings.first, first.rest.isEmpty {
        try onEnd(first.passage.index, first.passage.states, first.passage.top)
        engine.release(first.slot)
        free.append(first.slot)
        readings.removeFirst()
      }
    }
  }

  private static func columns(_ readings: [Reading]) -> Int {
    readings.reduce(0) { $0 + $1.rest.count }
  }

  /// Runs one batch and appends its results to their texts.
  private func step(_ readings: inout [Reading]) throws {
    var left = WholeModelBatch.largestBatch
    var pieces: [SequencePiece] = []
    for index in readings.indices where left > 0 {
      let tokens = readings[index].rest.prefix(left)
      readings[index].rest = readings[index].rest.dropFirst(tokens.count)
      left -= tokens.count
      pieces.append(.init(slot: readings[index].slot, tokens: tokens))
    }
    let columns = WholeModelBatch.largestBatch - left
    try engine.run(pieces) { depth, states in
      guard let depth = configuration.depths.firstIndex(of: depth) else { return }
      var start = 0
      for (index, piece) in pieces.enumerated() {
        let end = start + piece.tokens.count * configuration.hiddenSize
        try readings[index].passage.append(
          states[start..<end], depth: depth, configuration, model: modelPath)
        start = end
      }
    }
    let top = try engine.top(configuration.topK, columns: Array(0..<columns))
    var column = 0
    for (index, piece) in pieces.enumerated() {
      readings[index].passage.top.append(top, rows: column..<(column + piece.tokens.count))
      column += piece.tokens.count
    }
  }
}
