import ArgumentParser
import CleaveRuntime

/// One model, measured over and over, each time in a new session.
struct EngineTrial {
  struct Measurement {
    let seconds: Double
    let tokens: [Int]

    /// As the driver reads it.
    var line: String { "\(seconds) \(tokens.map(String.init).joined(separator: " "))" }
  }

  let model: WholeModel
  let pool: ThreadPool
  /// Of the text that prompts are the beginning of.
  let tokens: [Int]

  func prompt(_ count: Int) throws -> ArraySlice<Int> {
    guard count <= tokens.count else {
      throw ValidationError("the text has \(tokens.count) tokens, \(count) are asked for")
    }
    return tokens[..<count]
  }

  /// Feeding `count` tokens in one piece, and the choice after them.
  func prefill(_ count: Int) async throws -> Measurement {
    let prompt = Array(try prompt(count))
    let session = WholeModelSession(model, pool: pool)
    await session.reserve(count)
    let start = ContinuousClock.now
    try await session.feed(prompt)
    let answer = try await session.answer()
    return Measurement(seconds: seconds(since: start), tokens: [answer.token])
  }

  /// Feeding `count` tokens one at a time, each the choice after the one before; the time of the
  /// prompt and of the choice after it does not count.
  func decode(after promptCount: Int, count: Int) async throws -> Measurement {
    let session = WholeModelSession(model, pool: pool)
    await session.reserve(promptCount + count)
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
    return Measurement(seconds: seconds(since: start), tokens: tokens)
  }
}

func seconds(since start: ContinuousClock.Instant) -> Double {
  (ContinuousClock.now - start) / .seconds(1)
}
