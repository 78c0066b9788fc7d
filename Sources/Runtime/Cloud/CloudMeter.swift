import Synchronization

/// What a cloud has done so far, and holds now.
package struct CloudMetrics: Equatable, Sendable {
  package var sessions = 0
  /// Of states and KV caches, as they are charged.
  package var bytes = 0
  package var asks = 0
  /// Seconds that asks waited for their first pass, together.
  package var queueSeconds = 0.0
  /// Runs through the blocks, positions and sessions in them, together.
  package var passes = 0
  package var positions = 0
  package var passSessions = 0
  /// Seconds in which passes ran.
  package var busySeconds = 0.0
  /// Sessions that lost their states to others.
  package var evictions = 0
  /// Sessions that were closed for their silence.
  package var expirations = 0
  /// Seconds that clients were kept waiting for their rate.
  package var throttledSeconds = 0.0

  package init() {}
}

/// Metrics that anybody may read at any time.
package final class CloudMeter: Sendable {
  private let state = Mutex(CloudMetrics())

  package var metrics: CloudMetrics { state.withLock { $0 } }

  func note(_ change: (inout CloudMetrics) -> Void) {
    state.withLock { change(&$0) }
  }
}
