import CleaveModel

extension StatesEncoding.Format {
  /// The packing of returned states.
  init(_ format: ExitFeedback.Format) {
    switch format {
    case .int8: self = .int8
    case .float16: self = .float16
    case .float32: self = .float32
    }
  }
}

extension Message.Feedback {
  /// What an exit wants back.
  init(_ feedback: ExitFeedback) {
    self.init(
      depth: UInt32(feedback.depth), format: StatesEncoding.Format(feedback.format))
  }
}

extension StatesCodec {
  /// The packing of the states that come back in a session.
  init(_ feedback: Message.Feedback, hiddenSize: Int) {
    self.init(feedback.format, hiddenSize: hiddenSize)
  }

  /// The packing of the states that come back for an exit.
  package init(_ feedback: ExitFeedback, hiddenSize: Int) {
    self.init(StatesEncoding.Format(feedback.format), hiddenSize: hiddenSize)
  }

  /// Packs hidden states and unpacks them again: what the receiver has of them. The numbers of a row do not
  /// depend on the others.
  ///
  /// - Parameter states: `[count, hidden]`.
  /// - Throws: `MessageError` for states that are not finite, or become so in the packing.
  package func received(_ states: [Float]) throws(MessageError) -> [Float] {
    guard !states.isEmpty else { return [] }
    return try decode(encode(states), count: states.count / hiddenSize)
  }
}
