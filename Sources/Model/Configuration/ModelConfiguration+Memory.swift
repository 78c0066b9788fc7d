extension ModelConfiguration {
  /// Bytes that blocks of these kinds keep of a session.
  package func kvBytes(_ kinds: some Sequence<AttentionKind>) -> KVBytes {
    let block = 2 * kvSize * MemoryLayout<Float>.size
    var bytes = KVBytes(perToken: 0, perTokenInWindow: 0)
    for kind in kinds {
      if let states = stateMemory(kind.mixer, reach: StateMemory.standardReach) {
        bytes.fixed += states.bytes
      } else if let window = kind.window {
        bytes.perTokenInWindow += block
        bytes.window = window
      } else {
        bytes.perToken += block
      }
    }
    return bytes
  }
}
