/// Generates the answers to many requests side by side with a whole model: whenever one ends, the next request
/// takes its slot, and prompts are read in the same passes in which others are continued. Each answer is the
/// one that `WholeModelSession` would give.
package final class BatchDecoder {
  package struct Request: Sendable {
    package let prompt: [Int]
    package let sampling: Sampling

    package init(prompt: [Int], sampling: Sampling = .greedy) {
      self.prompt = prompt
      self.sampling = sampling
    }
  }

  /// The answer to a request: the generated tokens, without the stop token.
  package struct Continuation: Equatable, Sendable {
    package var tokens: [Int]
    /// The stop token; nil where the answer reached the limit.
    package var stop: Int?

    package init(tokens: [Int] = [], stop: Int? = nil) {
      self.tokens = tokens
      self.stop = stop
    }
  }

  let batch: WholeModelBatch
  let maxTokens: Int
  let stopTokens: Set<Int>
  let longest: Int

  /// - Parameters:
  ///   - longest: the most tokens of a prompt and its answer together.
  ///   - slots: the number of sequences side by side; nil for `PooledKVCache.affordableSlots`.
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
    batch = try WholeModelBatch(
      model,
      slots: slots
        ?? PooledKVCache.affordableSlots(
          configuration, numerics, kinds: model.stack.kinds, positions: longest),
      longest: longest, numerics: numerics, pool: pool)
  }

  /// The number of sequences side by side.
  package var slots: Int { batch.slots }

  /// Answers the requests.
  ///
  /// - Parameters:
  ///   - onToken: called for each token of an answer, with the request's index, as it is known.
  ///   - onEnd: takes each answer when it ends, with the request's index, in no order.
  /// - Throws: `ContextLimitError` for a prompt that leaves no room, `InputError` for bad tokens or
  ///   logits.
  package func run(
    _ requests: [Request], onToken: (_ request: Int) -> Void = { _ in },
    onEnd: (_ request: Int, Continuation) throws -> Void
  ) throws {
    try begin(requests)
    var continuations: [Int: Continuation] = [:]
    var schedule = BatchSchedule(slots: batch.slots)
    try schedule.run(requests.map(\.prompt)) { pieces, ends in
      try batch.run(pieces)
      let tokens = try batch.choose(
        ends.map {
          ($0.column, TokenRequest(sampling: requests[$0.prompt].sampling, position: $0.position))
        })
      return try zip(ends, tokens).map { end, token in
        let ended = append(token, to: &continuations[end.prompt, default: Continuation()])
        if continuations[end.prompt]?.stop == nil { onToken(end.prompt) }
        guard ended else { return [token] }
        batch.release(end.slot)
        try onEnd(end.prompt, continuations.removeValue(forKey: end.prompt)!)
        return []
      }
    }
  }

  /// Checks the requests and frees all slots.
  func begin(_ requests: [Request]) throws {
    for request in requests {
      precondition(!request.prompt.isEmpty, "a prompt without tokens")
      try ContextLimitError.check(request.prompt.count + maxTokens, contextLength: longest)
    }
    // A run that an error ended leaves its sequences in their slots.
    for slot in 0..<batch.slots { batch.release(slot) }
  }

  /// - Returns: whether the answer has ended.
  private func append(_ token: Int, to continuation: inout Continuation) -> Bool {
    if stopTokens.contains(token) {
      continuation.stop = token
      return true
    }
    continuation.tokens.append(token)
    return continuation.tokens.count >= maxTokens
  }
}
