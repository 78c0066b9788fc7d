extension BatchDecoder {
  /// What a sequence goes on with after the text that the model last said in it.
  package struct Turn: Sendable {
    /// The tokens that are fed, at least one.
    package let tokens: [Int]
    package let sampling: Sampling
    /// The most tokens that the model says after them.
    package let maxTokens: Int
    package let stopTokens: Set<Int>

    package init(tokens: [Int], sampling: Sampling, maxTokens: Int, stopTokens: Set<Int>) {
      precondition(!tokens.isEmpty && maxTokens > 0)
      self.tokens = tokens
      self.sampling = sampling
      self.maxTokens = maxTokens
      self.stopTokens = stopTokens
    }
  }

  /// What follows a prompt, as far as it is known.
  private struct Speech {
    var turn: Turn
    /// All tokens after the prompt.
    var tokens: [Int] = []
    /// What the model has said since the turn's tokens.
    var said = Continuation()

    var isFull: Bool { said.tokens.count >= turn.maxTokens }

    mutating func begin(_ turn: Turn) {
      self.turn = turn
      tokens += turn.tokens
      said = Continuation()
    }

    /// - Returns: whether the token is part of the text.
    mutating func take(_ token: Int) -> Bool {
      guard !turn.stopTokens.contains(token) else {
        said.stop = token
        return false
      }
      said.tokens.append(token)
      tokens.append(token)
      return true
    }
  }

  /// Answers the requests, as `run(_:onToken:onEnd:)` does, and shows what the model computes on the way. The last token
  /// of an answer that reached the limit runs too.
  ///
  /// - Parameters:
  ///   - topK: the number of largest logits after each token.
  ///   - window: the most requests from the first that has not ended to the last that has begun.
  ///   - onStates: takes the states `[columns, hidden]` after each depth, 0 being the embedding. Columns are the
  ///     tokens of the pieces in order.
  ///   - onTop: takes the largest logits after each of these columns.
  ///   - next: what a sequence goes on with after what the model has said; `position` is the number of its tokens.
  ///     Nil ends it.
  ///   - onEnd: takes all tokens after a prompt when they have been shown, with the request's index, in no order.
  /// - Throws: what `run(_:onToken:onEnd:)` throws, `ContextLimitError` for a turn that leaves no room, and what the
  ///   caller's functions throw.
  package func run(
    _ requests: [Request], topK: Int, window: Int,
    onStates: (_ depth: Int, _ states: [Float], _ pieces: [SequencePiece]) throws -> Void,
    onTop: (_ top: TopLogits, _ pieces: [SequencePiece]) throws -> Void,
    next: (_ request: Int, _ said: Continuation, _ position: Int) throws -> Turn? = { _, _, _ in
      nil
    },
    onEnd: (_ request: Int, _ tokens: [Int]) throws -> Void
  ) throws {
    precondition(window > 0)
    try begin(requests)
    var speeches: [Int: Speech] = [:]
    var schedule = BatchSchedule(slots: batch.slots)
    try schedule.run(requests.map(\.prompt), window: window) { pieces, ends in
      try batch.run(pieces) { try onStates($0, $1, pieces) }
      var speaking = ends.map { speeches[$0.prompt] ?? Speech(turn: first(requests[$0.prompt])) }
      // Which token would follow a full text does not matter.
      let open = ends.indices.filter { !speaking[$0].isFull }
      let (top, tokens) = try batch.top(
        topK,
        choosing: open.map { index in
          (
            ends[index].column,
            TokenRequest(
              sampling: speaking[index].turn.sampling, position: ends[index].position)
          )
        })
      try onTop(top, pieces)
      let chosen = Dictionary(uniqueKeysWithValues: zip(open, tokens))
      return try ends.indices.map { index in
        let end = ends[index]
        let goesOn = try go(on: &speaking[index], with: chosen[index], end, next)
        speeches[end.prompt] = goesOn.isEmpty ? nil : speaking[index]
        guard goesOn.isEmpty else { return goesOn }
        batch.release(end.slot)
        try onEnd(end.prompt, speaking[index].tokens)
        return []
      }
    }
  }

  private func first(_ request: Request) -> Turn {
    Turn(
      tokens: request.prompt, sampling: request.sampling, maxTokens: maxTokens,
      stopTokens: stopTokens)
  }

  /// - Returns: the tokens to run next; none where the sequence has ended.
  private func go(
    on speech: inout Speech, with token: Int?, _ end: BatchSchedule.End,
    _ next: (_ request: Int, _ said: Continuation, _ position: Int) throws -> Turn?
  ) throws -> [Int] {
    if let token, speech.take(token) { return [token] }
    guard let turn = try next(end.prompt, speech.said, end.position) else { return [] }
    try ContextLimitError.check(
      end.position + turn.tokens.count + turn.maxTokens, contextLength: longest)
    speech.begin(turn)
    return turn.tokens
  }
}
