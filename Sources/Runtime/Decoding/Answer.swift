/// One generated token, who gave it, and how sure they were.
package struct Answer: Equatable, Sendable {
  package enum Source: Hashable, Sendable {
    /// The exit after that many blocks.
    case exit(depth: Int)
    case cloud
    /// The whole model, run in one piece.
    case model
  }

  package let token: Int
  package let source: Source
  /// Of an exit what its own signal measures, which its threshold was compared with; of cloud and whole
  /// model the largest probability of the logits the token was chosen from.
  package let confidence: Float
  /// An exit that was not sure, in the place of a cloud that did not answer in time.
  package let isFallback: Bool

  package init(token: Int, source: Source, confidence: Float, isFallback: Bool = false) {
    self.token = token
    self.source = source
    self.confidence = confidence
    self.isFallback = isFallback
  }
}

extension Answer.Source {
  /// As reports and JSON name it.
  package var name: String {
    switch self {
    case .exit(let depth): "exit_\(depth)"
    case .cloud: "cloud"
    case .model: "model"
    }
  }
}
