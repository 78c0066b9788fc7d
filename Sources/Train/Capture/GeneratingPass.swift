import CleaveRuntime

/// Lets the model continue prompts, and keeps what it computes on the way: hidden states and largest logits have
/// the same bits as if it read the whole texts again. Only texts in flight are in memory.
struct GeneratingPass {
  /// How many texts, for each slot, may be under way or wait for an earlier one to end.
  private static let windowPerSlot = 4

  private let generation: SelfGeneration
  private let configuration: CaptureConfiguration
  private let modelPath: String
  /// Leads conversations of several turns; nil where each prompt is answered once.
  private let conversations: Conversations?

  init(
    _ generation: SelfGeneration, _ configuration: CaptureConfiguration, modelPath: String,
    conversations: Conversations? = nil
  ) {
    self.generation = generation
    self.conversations = conversations
    self.configuration = configuration
    self.modelPath = modelPath
  }

  /// A text with what the model says of it.
  private struct Finished {
    let text: TrainingText
    let passage: Passage
  }

  /// - Parameters:
  ///   - texts: prompts; they get an answer appended, without the token that ended it.
  ///   - first: the index of the first in the data, for errors.
  ///   - progress: called with the prompts answered and in all, and the tokens generated.
  ///   - onEnd: takes the texts in their order, with the hidden states at each depth, `[length, hidden]` in
  ///     float16, and the teacher's logits.
  func run(
    _ texts: [TrainingText], first: Int,
    progress: (_ done: Int, _ total: Int, _ tokens: Int) -> Void,
    onEnd: (_ text: TrainingText, _ states: [ScaledHalves], _ top: TeacherLogits) throws -> Void
  ) throws {
    let decoder = try generation.decoder()
    var passages: [Int: Passage] = [:]
    var finished: [Int: Finished] = [:]
    var states: [Int: Conversations.State] = [:]
    var (done, tokens, next) = (0, 0, 0)
    try decoder.run(
      texts.map(generation.request), topK: configuration.topK,
      window: decoder.slots * Self.windowPerSlot
    ) { depth, hidden, pieces in
      guard let depth = configuration.depths.firstIndex(of: depth) else { return }
      for (index, rows) in Self.rows(of: pieces) {
        let values = rows.lowerBound * width..<rows.upperBound * width
        try passages[index, default: passage(texts, index, first)]
          .append(hidden[values], depth: depth, configuration, model: modelPath)
      }
    } onTop: { top, pieces in
      for (index, rows) in Self.rows(of: pieces) { passages[index]?.top.append(top, rows: rows) }
    } next: { index, said, position in
      conversations?.next(
        &states[index, default: .init()], said: said, position: position, texts[index])
    } onEnd: { index, said in
      guard var passage = passages.removeValue(forKey: index) else {
        preconditionFailure("an answer whose prompt was not read")
      }
      var text = texts[index]
      text.tokens += said
      if let state = states.removeValue(forKey: index), state.length < text.tokens.count {
        text.tokens.removeLast(text.tokens.count - state.length)
        passage.cut(to: state.length, configuration)
      }
      finished[index] = Finished(text: text, passage: passage)
      (done, tokens) = (done + 1, tokens + text.tokens.count - text.promptLength)
      progress(done, texts.count, tokens)
      while let ready = finished.removeValue(forKey: next) {
        try onEnd(ready.text, ready.passage.states, ready.passage.top)
        next += 1
      }
    }
  }

  private var width: Int { configuration.hiddenSize }

  private func passage(_ texts: [TrainingText], _ index: Int, _ first: Int) -> Passage {
    let room = texts[index].tokens.count + generation.settings.maxTokens
    return Passage(index: first + index, tokens: room, configuration)
  }

  /// The columns of each piece, with the index of its text.
  private static func rows(of pieces: [SequencePiece]) -> [(index: Int, rows: Range<Int>)] {
    var column = 0
    return pieces.map { piece in
      defer { column += piece.tokens.count }
      return (piece.prompt, column..<(column + piece.tokens.count))
    }
  }
}
