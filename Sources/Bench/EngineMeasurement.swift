import ArgumentParser
import CleaveRuntime

/// Measures one model, each time in a new session.
struct EngineMeasurement {
  struct Result {
    let seconds: Double
    let tokens: [Int]

    /// The line that tools/bench/bench.py reads: seconds, then token ids.
    var line: String { "\(seconds) \(tokens.map(String.init).joined(separator: " "))" }
  }

  let model: WholeModel
  let numerics: Numerics
  let pool: ThreadPool
  /// Token ids of the text that prompts are cut from, from its beginning.
  let tokens: [Int]

  func prompt(_ count: Int) throws -> ArraySlice<Int> {
    guard count <= tokens.count else {
      throw ValidationError("the text has \(tokens.count) tokens, \(count) are asked for")
    }
    return tokens[..<count]
  }

  /// Times `count` tokens in one batch and the greedy choice after them.
  func prefill(_ count: Int) async throws -> Result {
    let prompt = Array(try prompt(count))
    let session = WholeModelSession(model, numerics: numerics, pool: pool)
    try await session.reserve(count)
    let start = ContinuousClock.now
    try await session.feed(prompt)
    let answer = try await session.answer()
    return Result(seconds: seconds(since: start), tokens: [answer.token])
  }

  /// Times `count` tokens one at a time, each the greedy choice after the one before. The time of
  /// the prompt and of the choice after it is not included.
  func decode(after promptCount: Int, count: Int) async throws -> Result {
    let session = WholeModelSession(model, numerics: numerics, pool: pool)
    try await session.reserve(promptCount + count)
    try await session.feed(Array(try prompt(promptCount)))
    var token = try await session.answer().token
    var tokens: [Int] = []
    tokens.reserveCapacity(count)
    let start = ContinuousClock.now
    for _ in 0..<count {
      try await session.feed([token])
      token = try await session.answer().token
      tokens.append(token)
    }
    return Result(seconds: seconds(since: start), tokens: tokens)
  }

  /// Times `count` steps of so many sequences side by side, each step one token of each, the greedy choice after the
  /// one before. Each prompt begins one token of the text later. The time of the prompts is not included.
  ///
  /// - Returns: the tokens step by step.
  func decode(sequences: Int, after promptCount: Int, count: Int) throws -> Result {
    let batch = try WholeModelBatch(
      model, slots: sequences, longest: promptCount + count, numerics: numerics, pool: pool)
    let text = try prompt(promptCount + sequences)
    var next: [Int] = []
    for slot in 0..<sequences {
      next.append(try read(text[slot..<slot + promptCount], slot: slot, batch))
    }
    var tokens: [Int] = []
    tokens.reserveCapacity(sequences * count)
    let start = ContinuousClock.now
    for _ in 0..<count {
      try batch.run(next.indices.map { SequencePiece(slot: $0, tokens: next[$0...$0]) })
      next = try batch.top(1, columns: Array(next.indices)).ids.map(Int.init)
      tokens += next
    }
    return Result(seconds: seconds(since: start), tokens: tokens)
  }

  /// - Returns: the greedy choice after the prompt.
  private func read(_ prompt: ArraySlice<Int>, slot: Int, _ batch: WholeModelBatch) throws -> Int {
    var last = 0
    for first in stride(
      from: prompt.startIndex, to: prompt.endIndex, by: WholeModelBatch.largestBatch)
    {
      let piece = prompt[first..<min(first + WholeModelBatch.largestBatch, prompt.endIndex)]
      try batch.run([SequencePiece(slot: slot, tokens: piece)])
      last = piece.count - 1
    }
    return Int(try batch.top(1, columns: [last]).ids[0])
  }
}
