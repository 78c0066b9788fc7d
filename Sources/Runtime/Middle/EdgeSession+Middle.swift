import CleaveExits
import CleaveModel
import CleaveStorage

/// The session of a middle tier: an edge that takes hidden states in place of tokens, and answers one request at a
/// time. Nothing runs before a request, as in a cloud.
extension EdgeSession {
  /// Positions whose states were taken.
  var takenPositions: Int { positions }

  /// Keeps the states of the positions that follow.
  ///
  /// - Parameter states: `[count, hidden]` at the first exit of the tier before.
  /// - Throws: `InputError` when there is no memory for their KV cache.
  func take(_ states: [Float]) throws(InputError) { try engines[0].append(states) }

  /// Answers a request: with an exit that is sure, else with what the tier behind says.
  ///
  /// - Parameter exitsMayAnswer: whether the exits are asked. An ask with drafts is for the whole model, and goes on.
  /// - Returns: nil where the states that the exits and the tier behind need are not all here: those of the last
  ///   position ran before a rewind, and must come again.
  func answer(
    _ ask: Message.Ask, exitsMayAnswer: Bool
  ) async throws -> Message.CloudAnswer? {
    guard let cloud else { preconditionFailure("a middle tier has a tier behind it") }
    if engines[0].hasPending {
      try run(0)
      ranPositions = positions
      try await cloud.upload(engines[0].states, of: [])
    }
    guard ranPositions == positions else { return nil }
    sampling = ask.sampling
    if exitsMayAnswer, ask.drafts.isEmpty, let answer = try sureAnswer(ask.position) {
      return answer
    }
    // A client that waits asks.
    _ = try await cloud.request(
      position: Int(ask.position), sampling: ask.sampling, drafts: ask.drafts.map(Int.init))
    return try await cloud.nextAnswer()
  }

  private func sureAnswer(_ position: UInt32) throws -> Message.CloudAnswer? {
    let (best, isSure) = try askExits()
    guard isSure, let best, case .exit(let depth) = best.source else { return nil }
    return Message.CloudAnswer(
      position: position, token: UInt32(best.token), maxProbability: best.confidence, margin: 0,
      exit: UInt32(depth))
  }

  /// Whether it can go back to the first `position` positions.
  func reaches(_ position: Int) -> Bool { engines.allSatisfy { $0.reaches(position) } }

  /// Drops the positions from this one on, here and in the tier behind.
  func rewind(to position: Int) async throws {
    guard let cloud else { return }
    try await rollBack(to: position, cloud)
  }
}
