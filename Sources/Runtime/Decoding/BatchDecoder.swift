/// Generates many texts side by side with a whole model: whenever one ends, the next prompt takes its
/// place, and prompts are read in the same passes in which others are continued. Each text is the one
/// that `WholeModelSession` would write.
package final class BatchDecoder {
  package struct Request: Sendable {
    package let prompt: [Int]
    package let sampling: Sampling

    package init(prompt: [Int], sampling: Sampling = .greedy) {
      self.prompt = prompt
      self.sampling = sampling
    }
  }

  /// What came of a request: the text's tokens, without the one that ended it.
  package struct Continuation: Equatable, Sendable {
    package var tokens: [Int]
    /// The stop token, where the text did not just reach the limit.
    package var stop: Int?

    package init(tokens: [Int] = [], stop: Int? = nil) {
      self.tokens = tokens
      self.stop = stop
    }
  }

  private let engine: WholeModelBatch
  private let maxTokens: Int
  private let stopTokens: Set<Int>
  private let longest: Int

  /// - Parameters:
  ///   - longest: tokens of the longest prompt and what may follow it, together.
  ///   - slots: sequences side by side; nil for as many as are worth it.
  /// - Throws: `ContextLimitError` when the model has fewer positions.
  package init(
    _ model: WholeModel, maxTokens: Int, stopTokens: Set<Int>, longest: Int, slots: Int? = nil,
    numerics: Numerics = .standard, pool: ThreadPool
  ) throws {
    precondition(maxTokens > 0 && longest > 0)
    self.maxTokens = maxTokens
    self.stopTokens = stopTokens
    self.longest = longest
    let configuration = model.manifest.configuration
    engine = try WholeModelBatch(
      model,
      slots: slots
        ?? PooledKVCache.affordableSlots(
          configuration, numerics, blockCount: configuration.blockCount, positions: longest),
      longest: longest, numerics: numerics, pool: pool)
  }

  /// - Parameters:
  ///   - onToken: called for each token of a text, with the request's index, as it is known.
  ///   - onEnd: takes each text when it ends, with the request's index, in no order.
  /// - Throws: `ContextLimitError` for a prompt that leaves no room, `InputError` for bad tokens or
  ///   logits.
  package func run(
    _ requests: [Request], onToken: (_ request: Int) -> Void = { _ in },
    onEnd: (_ request: Int, Continuation) throws -> Void
  ) throws {
    for request in requests {
      precondition(!request.prompt.isEmpty, "a prompt without tokens")
      try ContextLimitError.check(request.prompt.count + maxTokens, contextLength: longest)
    }
    // An error may have left something behind.
    for slot in 0..<engine.slots { engine.release(slot) }
    var continuations: [Int: Continuation] = [:]
    var schedule = BatchSchedule(slots: engine.slots)
    try schedule.run(requests.map(\.prompt)) { pieces, ends in
      try engine.run(pieces)
      let tokens = try engine.choose(
        ends.map { ($0.column, requests[$0.text].sampling, $0.position) })
      return try zip(ends, tokens).map { end, token in
        let ended = append(token, to: &continuations[end.text, default: Continuation()])
        if continuations[end.text]?.stop == nil { onToken(end.text) }
        guard ended else { return token }
        engine.release(end.slot)
        try onEnd(end.text, continuations.removeValue(forKey: end.text)!)
        return nil
      }
    }
  }

  /// - Returns: whether the text has ended.
  private func append(_ token: Int, to continuation: inout Continuation) -> Bool {
    if stopTokens.contains(token) {
      continuation.stop = token
      return true
    }
    continuation.tokens.append(token)
    return continuation.tokens.count >= maxTokens
  }
}
