extension EdgeSession {
  /// Bytes of the KV caches, and of the hidden states that are kept to be sent again.
  package var cacheBytes: Int {
    let kept = cloud == nil ? 0 : positions * model.manifest.configuration.hiddenSize * 4
    return engines.reduce(kept) { $0 + $1.cacheBytes(numerics) }
  }

  /// Goes back to an earlier position, for a text with the same tokens before it. A session whose exits read what
  /// comes back from the cloud cannot: what they say depends on where it was asked.
  ///
  /// - Parameters:
  ///   - position: the number of tokens that stay; more are to be fed before the next answer.
  ///   - sampling: how tokens are chosen from here on.
  package func restart(at position: Int, sampling: Sampling) async throws {
    precondition(effect == nil && position <= ahead.start)
    try await dropAhead()
    if positions > position {
      for engine in engines { engine.truncate(to: position) }
      text?.truncate(to: position)
      await cloud?.rollBack(to: position)
    }
    ahead = LookAhead(start: position)
    self.sampling = sampling
  }
}
