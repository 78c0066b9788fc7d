import CleaveRuntime

/// What a generation asked of its cloud, and what that took.
package struct CloudUsage: Sendable {
  /// Answers that were asked for, a stop token's included.
  package let requests: Int
  package let bytesUp: Int
  package let bytesDown: Int
  /// Name of the encoding of uploaded hidden states.
  package let codec: String
  /// Connections after the first.
  package let reconnections: Int
  /// Times that hidden states were sent again because the cloud no longer had them.
  package let resends: Int
  /// Times that the edge changed to answering alone because the cloud was late or gone.
  package let standaloneSwitches: Int
  package let counts: EdgeSession.Counts
}

extension CloudUsage {
  /// What came after an earlier point of the same session. The counts of drafts and waits are those of all of it.
  package func since(_ earlier: CloudUsage?) -> CloudUsage {
    guard let earlier else { return self }
    return CloudUsage(
      requests: requests - earlier.requests, bytesUp: bytesUp - earlier.bytesUp,
      bytesDown: bytesDown - earlier.bytesDown, codec: codec,
      reconnections: reconnections - earlier.reconnections, resends: resends - earlier.resends,
      standaloneSwitches: standaloneSwitches - earlier.standaloneSwitches, counts: counts)
  }
}

extension CloudClient {
  /// The usage of this session.
  package func usage(_ counts: EdgeSession.Counts) -> CloudUsage {
    CloudUsage(
      requests: requests, bytesUp: bytesUp, bytesDown: bytesDown, codec: encoding.description,
      reconnections: reconnections, resends: resends, standaloneSwitches: standaloneSwitches,
      counts: counts)
  }
}
