import Synchronization

/// Counts of what a cloud has done so far, and what it holds now.
package struct CloudMetrics: Equatable, Sendable {
  /// Open sessions.
  package var sessions = 0
  /// Bytes of states and KV caches, as sessions are charged with them.
  package var bytes = 0
  /// Cloud requests taken up.
  package var asks = 0
  /// Cloud requests that the edge voided before they ran.
  package var voidedAsks = 0
  /// Seconds that requests waited for their first pass, together.
  package var queueSeconds = 0.0
  /// Runs through the blocks.
  package var passes = 0
  /// Positions in all passes.
  package var positions = 0
  /// Sessions in all passes, counted once a pass.
  package var passSessions = 0
  /// Seconds in which passes ran.
  package var busySeconds = 0.0
  /// Processor seconds of each part of the passes, on the thread that runs them, in the order of `PassPart.allCases`.
  package var partSeconds = [Double](repeating: 0, count: PassPart.allCases.count)
  /// Seconds in which arrived states were unpacked.
  package var unpackingSeconds = 0.0
  /// Evictions: sessions that lost their states to others.
  package var evictions = 0
  /// Sessions that were ended for their silence.
  package var expirations = 0
  /// Seconds that clients above their rate were kept waiting.
  package var throttledSeconds = 0.0
  /// Answers that a middle's own exits gave, by depth; empty for a cloud.
  package var exitAnswers: [Int: Int] = [:]
  /// Rows that the head was computed for: one for each request, and one for each draft of it.
  package var headRows = 0
  /// Positions whose hidden states were sent back, and the bytes of these.
  package var returnedPositions = 0
  package var returnedBytes = 0

  package init() {}
}

/// The metrics of a cloud, which may be read from anywhere at any time.
package final class CloudMeter: Sendable {
  private let state = Mutex(CloudMetrics())

  package var metrics: CloudMetrics { state.withLock { $0 } }

  func note(_ change: (inout CloudMetrics) -> Void) {
    state.withLock { change(&$0) }
  }

  /// Counts a pass, unless it only freed KV caches.
  func note(_ pass: CloudPass, hiddenSize: Int, time: Duration) {
    guard !pass.items.isEmpty else { return }
    let positions = pass.items.reduce(0) { $0 + $1.states.count } / hiddenSize
    note {
      $0.passes += 1
      $0.positions += positions
      $0.passSessions += pass.items.count
      $0.busySeconds += time / .seconds(1)
    }
  }
}
