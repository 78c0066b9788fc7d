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

  /// The number of texts worth running side by side: as many as 512 MiB hold, at most 48.
  ///
  /// - Parameter bytes: what one of them keeps.
  package static func textsSideBySide(bytes: Int) -> Int {
    max(1, min(48, (1 << 29) / max(1, bytes)))
  }
}
