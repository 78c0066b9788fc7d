import CleaveStorage

/// The error of a cloud that does not send the hidden states back which an edge's exits read. Their thresholds were
/// found with these states, so the edge does not go on without them unless it is told to.
package struct FeedbackMissing: ExitStatusError, Equatable, Sendable {
  /// What the cloud said instead.
  package let found: String

  package init(found: String) { self.found = found }

  package var description: String {
    "the exits of this edge read hidden states that the cloud sends back; \(found)."
      + " Ask another cloud, or run with --without-feedback, for which no calibration holds"
  }

  package var exitStatus: ExitStatus { .cloudFailed }
}
