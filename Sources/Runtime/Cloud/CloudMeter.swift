import Synchronization

/// What a cloud has done so far, and holds now.
public struct CloudMetrics: Equatable, Sendable {
  public var sessions = 0
  /// Of states and KV caches, as they are charged.
  public var bytes = 0
  public var asks = 0
  /// Seconds that asks waited for their first pass, together.
  public var queueSeconds = 0.0
  /// Runs through the blocks, positions and sessions in them, together.
  public var passes = 0
  public var positions = 0
  public var passSessions = 0
  /// Seconds in which passes ran.
  public var busySeconds = 0.0
  /// Sessions that lost their states to others.
  public var evictions = 0
  /// Sessions that were closed for their silence.
  public var expirations = 0
  /// Seconds that clients were kept waiting for their rate.
  public var throttledSeconds = 0.0

  public init() {}
}

/// Metrics that anybody may read at any time.
public final class CloudMeter: Sendable {
  private let state = Mutex(CloudMetrics())

  public var metrics: CloudMetrics { state.withLock { $0 } }

  func note(_ change: (inout CloudMetrics) -> Void) {
    state.withLock { change(&$0) }
  }
}
