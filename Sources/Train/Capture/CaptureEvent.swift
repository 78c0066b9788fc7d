/// What a capture tells while it runs.
public enum CaptureEvent: Sendable {
  public enum Stage: String, Sendable {
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
public struct CaptureSize: Equatable, Sendable {
  public var sequences: Int
  public var tokens: Int
  public var bytes: Int

  init(_ configuration: CaptureConfiguration, sequences: Int, tokens: Int) {
    self.sequences = sequences
    self.tokens = tokens
    bytes = sequences * SequenceRecord.bytes + tokens * configuration.bytesPerToken
  }
}
