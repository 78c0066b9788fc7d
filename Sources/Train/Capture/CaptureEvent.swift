/// What a capture tells while it runs.
package enum CaptureEvent: Sendable {
  package enum Stage: String, Sendable {
    /// The model continues the prompts.
    case generate
    /// The model reads every sequence.
    case capture
  }

  /// What became of each source's texts.
  case data([DataReport])
  /// Before anything is computed: no more than this.
  case atMost(CaptureSize)
  /// Before anything is written: exactly this.
  case exactly(CaptureSize)
  /// Sequences done so far and in all; tokens written, or read, so far.
  case progress(Stage, done: Int, total: Int, tokens: Int)
}

/// How much a store takes.
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
