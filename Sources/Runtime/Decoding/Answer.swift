/// One generated token, its source, and the source's confidence.
package struct Answer: Equatable, Sendable {
  package enum Source: Hashable, Sendable {
    /// The exit after this many blocks.
    case exit(depth: Int)
    /// The exit after this many blocks, in a tier between the edge and the cloud.
    case middle(depth: Int)
    case cloud
    /// The whole model, run in one piece.
    case model
  }

  package let token: Int
  package let source: Source
  /// The confidence in the token: for an exit the value of its own signal, which its threshold was compared
  /// with; for cloud and whole model the largest probability of the logits it was chosen from.
  package let confidence: Float
  /// Whether an exit that was not sure gave this token because the cloud did not answer in time.
  package let isFallback: Bool

  package init(token: Int, source: Source, confidence: Float, isFallback: Bool = false) {
    self.token = token
    self.source = source
    self.confidence = confidence
    self.isFallback = isFallback
  }
}

extension Answer.Source {
  /// The name in reports and JSON.
  package var name: String {
    switch self {
    case .exit(let depth): "exit_\(depth)"
    case .middle(let depth): "middle_\(depth)"
    case .cloud: "cloud"
    case .model: "model"
    }
  }
}
