/// Progress of a capture.
package enum CaptureEvent: Sendable {
  package enum Stage: String, Sendable {
    /// The model writes prompts of its own.
    case prompt
    /// The model continues the prompts, and what it computes is captured.
    case generate
    /// The model reads the texts that it does not continue.
    case capture
  }

  /// The texts were read: what became of those of each source.
  case data([DataReport])
  /// The store will have at most this size. Sent before anything is computed.
  case atMost(CaptureSize)
  /// The store has exactly this size. Sent when all of it is computed.
  case exactly(CaptureSize)
  /// The number of sequences done and in all, and of tokens generated or captured.
  case progress(Stage, done: Int, total: Int, tokens: Int)
}

/// The size of a capture store.
package struct CaptureSize: Equatable, Sendable {
  package var sequences: Int
  package var tokens: Int
  package var bytes: Int

  init(_ configuration: CaptureConfiguration, sequences: Int, tokens: Int) {
    self.sequences = sequences
    self.tokens = tokens
    bytes = sequences * SequenceRecord.bytes + tokens * configuration.bytesPerToken
  }
}
