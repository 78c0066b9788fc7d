import CleaveModel

/// How many bytes a session takes in a cloud.
struct SessionCost {
  private let configuration: ModelConfiguration
  private let shape: KVCacheShape

  init(_ configuration: ModelConfiguration, _ numerics: Numerics, kinds: [AttentionKind]) {
    self.configuration = configuration
    shape = KVCacheShape(
      configuration, numerics, kinds: kinds, reach: StateMemory.standardReach)
  }

  /// - Parameter stateNumbers: float32 numbers of hidden states beside the KV cache.
  private func bytes(positions: Int, stateNumbers: Int) -> Int {
    shape.bytes(positions: positions) + stateNumbers * MemoryLayout<Float>.size
  }

  func bytes(_ session: CloudSession) -> Int {
    bytes(positions: session.mostPositions, stateNumbers: session.stateNumbers)
      + session.unsentBytes(positions: session.positions)
  }

  /// What a session takes when it has so many positions, all that did not run pending. Arrays grow by doubling.
  func bytes(_ session: CloudSession, growingTo positions: Int) -> Int {
    bytes(
      positions: max(positions, session.mostPositions),
      stateNumbers: 2 * (positions - session.ranPositions) * configuration.hiddenSize)
      + session.unsentBytes(positions: positions)
  }

  /// What a session that was evicted takes when it comes back with so many positions, and goes on for a while.
  func bytes(_ session: CloudSession, readmittingWith positions: Int) -> Int {
    let positions = min(positions + Self.slack, configuration.contextLength)
    return bytes(positions: positions, stateNumbers: 2 * positions * configuration.hiddenSize)
      + session.unsentBytes(positions: positions, isNew: true)
  }

  /// Positions that a session may go on for in the room that is reserved for it.
  private static var slack: Int { 64 }
}
