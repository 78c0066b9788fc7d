/// The time of a response on an edge, a cloud and a link, of which only the computing is real.
///
/// The edge's own time is `now`. What it sends leaves in order, when the bytes before it have left, and
/// arrives half a round trip after its last bit. The cloud takes frames in the order of their arrival, one
/// at a time. An answer comes back in the same way.
package struct VirtualClock: Sendable {
  /// Seconds and bytes of a response.
  package struct Costs: Equatable, Sendable {
    /// Of computing.
    package var edge = 0.0
    package var cloud = 0.0
    /// That the edge waited while the cloud did not compute: for the wire alone.
    package var communication = 0.0
    package var bytesUp = 0
    package var bytesDown = 0
  }

  private let link: LinkModel
  /// The edge's time since the response was asked for.
  package private(set) var now = 0.0
  package private(set) var costs = Costs()
  private var uplinkFree = 0.0
  private var downlinkFree = 0.0
  private var cloudFree = 0.0
  /// Of the cloud's computing since the edge last waited, what falls after `now`.
  private var awaited = 0.0

  package init(_ link: LinkModel) { self.link = link }

  /// The edge computes.
  package mutating func edge(_ seconds: Double) {
    costs.edge += seconds
    now += seconds
  }

  /// The edge hands bytes to the uplink.
  ///
  /// - Parameter waits: until the last bit has left; else the edge goes on at once.
  /// - Returns: when they arrive.
  package mutating func send(_ bytes: Int, waits: Bool = false) -> Double {
    costs.bytesUp += bytes
    uplinkFree = max(now, uplinkFree) + link.seconds(for: bytes)
    if waits {
      costs.communication += uplinkFree - now
      now = uplinkFree
    }
    return uplinkFree + link.roundTrip / 2
  }

  /// The cloud works on what has arrived, after what it has to do before.
  ///
  /// - Returns: when it is done.
  package mutating func cloud(_ seconds: Double, from arrival: Double) -> Double {
    costs.cloud += seconds
    let start = max(arrival, cloudFree)
    cloudFree = start + seconds
    awaited += max(0, cloudFree - max(start, now))
    return cloudFree
  }

  /// The cloud hands bytes to the downlink.
  ///
  /// - Returns: when they are at the edge.
  package mutating func reply(_ bytes: Int, at time: Double) -> Double {
    costs.bytesDown += bytes
    downlinkFree = max(time, downlinkFree) + link.seconds(for: bytes)
    return downlinkFree + link.roundTrip / 2
  }

  /// The edge waits for what arrives then.
  package mutating func wait(until arrival: Double) {
    if arrival > now {
      costs.communication += arrival - now - awaited
      now = arrival
    }
    awaited = 0
  }
}
