import CleaveModel

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

  /// Memory for KV caches, of which the number of slots follows.
  private static let cacheBytes = 1 << 29
  private static let mostSlots = 48

  private let engine: BatchEngine
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
    let bytes = BatchCache.slotBytes(
      configuration, numerics, blockCount: configuration.blockCount, positions: longest)
    engine = try BatchEngine(
      model, slots: slots ?? max(1, min(Self.mostSlots, Self.cacheBytes / max(1, bytes))),
      longest: longest, numerics: numerics, pool: pool)
  }

  /// One text under way.
  private struct Sequence {
    let request: Int
    let slot: Int
    let sampling: Sampling
    /// Not yet run: the rest of the prompt, or the token chosen last.
    var pending: ArraySlice<Int>
    /// Tokens that have run.
    var position = 0
    var continuation = Continuation()
  }

  /// - Parameter onEnd: takes each text when it ends, with the request's index, in no order.
  /// - Throws: `ContextLimitError` for a prompt that leaves no room, `InputError` for bad tokens or
  ///   logits.
  package func run(
    _ requests: [Request], onEnd: (_ request: Int, Continuation) throws -> Void
  ) throws {
    for request in requests {
      precondition(!request.prompt.isEmpty, "a prompt without tokens")
      try ContextLimitError.check(request.prompt.count + maxTokens, contextLength: longest)
    }
    var free = Array((0..<engine.slots).reversed())
    var next = 0
    var active: [Sequence] = []
    while next < requests.count || !active.isEmpty {
      while next < requests.count, let slot = free.popLast() {
        let request = requests[next]
        active.append(
          Sequence(
            request: next, slot: slot, sampling: request.sampling, pending: request.prompt[...]))
        next += 1
      }
      for ended in try step(&active) {
        engine.release(ended.slot)
        free.append(ended.slot)
        try onEnd(ended.request, ended.continuation)
      }
    }
  }

  /// One pass: a token of each text that is being continued, and as much of prompts as there is room
  /// for.
  ///
  /// - Returns: those that have ended, taken out of `active`.
  private func step(_ active: inout [Sequence]) throws -> [Sequence] {
    let taken = take(&active)
    try engine.run(taken.map(\.piece))
    var column = 0
    var ready: [(index: Int, column: Int)] = []
    for (index, piece) in taken {
      column += piece.tokens.count
      if active[index].pending.isEmpty { ready.append((index, column - 1)) }
    }
    let tokens = try engine.choose(
      ready.map { ($0.column, active[$0.index].sampling, active[$0.index].position) })
    var ended: [Int] = []
    for (ready, token) in zip(ready, tokens) where append(token, to: &active[ready.index]) {
      ended.append(ready.index)
    }
    ended.sort()
    let result = ended.map { active[$0] }
    for index in ended.reversed() { active.remove(at: index) }
    return result
  }

  /// Texts that are being continued come first: they are a token each, and theirs are the slots that
  /// come free.
  private func take(
    _ active: inout [Sequence]
  ) -> [(index: Int, piece: BatchEngine.Piece)] {
    var left = BatchEngine.largestBatch
    var taken: [(index: Int, piece: BatchEngine.Piece)] = []
    let order =
      active.indices.filter { active[$0].pending.count == 1 }
      + active.indices.filter { active[$0].pending.count > 1 }
    for index in order where left > 0 {
      let tokens = active[index].pending.prefix(left)
      active[index].pending = active[index].pending.dropFirst(tokens.count)
      active[index].position += tokens.count
      left -= tokens.count
      taken.append((index, .init(slot: active[index].slot, tokens: tokens)))
    }
    return taken
  }

  /// - Returns: whether the text has ended.
  private func append(_ token: Int, to sequence: inout Sequence) -> Bool {
    if stopTokens.contains(token) {
      sequence.continuation.stop = token
      return true
    }
    sequence.continuation.tokens.append(token)
    sequence.pending = [token]
    return sequence.continuation.tokens.count >= maxTokens
  }
}
