/// Going on with a session for another text that begins alike: what is kept has the bits that it would get anew.
extension WholeModelSession {
  /// Bytes of the KV cache.
  package var cacheBytes: Int { engine.cacheBytes(numerics) }

  /// Goes back to an earlier position, for a text with the same tokens before it.
  ///
  /// - Parameters:
  ///   - position: the number of tokens that stay; more are to be fed before the next answer.
  ///   - sampling: how tokens are chosen from here on.
  package func restart(at position: Int, sampling: Sampling) {
    precondition(position <= engine.positions())
    engine.truncate(to: position)
    self.sampling = sampling
  }
}

extension Engine<GrowingKVCache> {
  /// Bytes of the keys and values that the first slot has room for.
  func cacheBytes(_ numerics: Numerics) -> Int {
    KVCacheShape(stack.configuration, numerics, kinds: stack.kinds)
      .bytes(positions: cache.capacity(slot: 0))
  }
}
