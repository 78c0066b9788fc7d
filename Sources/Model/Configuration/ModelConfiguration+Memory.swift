extension ModelConfiguration {
  /// Bytes of keys and values that blocks of these kinds keep.
  package func kvBytes(_ kinds: some Sequence<AttentionKind>) -> KVBytes {
    let block = 2 * kvSize * MemoryLayout<Float>.size
    var bytes = KVBytes(perToken: 0, perTokenInWindow: 0)
    for kind in kinds {
      if let window = kind.window {
        bytes.perTokenInWindow += block
        bytes.window = window
      } else {
        bytes.perToken += block
      }
    }
    return bytes
  }
}
