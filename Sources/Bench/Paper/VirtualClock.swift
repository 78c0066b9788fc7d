/// A model of time on an edge, a cloud and a link during one response. Computing takes real durations;
/// the link is modelled.
///
/// The edge's own time is `now`. What it sends leaves in order, when the bytes before it have left, and
/// arrives half a round trip after its last bit. The cloud takes frames in the order of their arrival, one
/// at a time. An answer comes back in the same way.
package struct VirtualClock: Sendable {
  /// Seconds and bytes of a response.
  package struct Costs: Equatable, Sendable {
    /// Seconds of computing on the edge.
    package var edge = 0.0
    /// Seconds of computing on the cloud.
    package var cloud = 0.0
    /// Seconds that the edge waited while the cloud did not compute: for the link alone.
    package var communication = 0.0
    package var bytesUp = 0
    package var bytesDown = 0
  }

  private let link: LinkModel
  /// The edge's time in seconds, from 0 at the request.
  package private(set) var now = 0.0
  package private(set) var costs = Costs()
  private var uplinkFree = 0.0
  private var downlinkFree = 0.0
  private var cloudFree = 0.0
  /// Seconds of the cloud's computing since the edge last waited that fall after `now`.
  private var awaited = 0.0

  package init(_ link: LinkModel) { self.link = link }

  /// Lets the edge compute for that many seconds.
  package mutating func edge(_ seconds: Double) {
    costs.edge += seconds
    now += seconds
  }

  /// Hands bytes to the uplink.
  ///
  /// - Parameter waits: whether the edge waits until the last bit has left.
  /// - Returns: the time at which they arrive at the cloud.
  package mutating func send(_ bytes: Int, waits: Bool = false) -> Double {
    costs.bytesUp += bytes
    uplinkFree = max(now, uplinkFree) + link.seconds(for: bytes)
    if waits {
      costs.communication += uplinkFree - now
      now = uplinkFree
    }
    return uplinkFree + link.roundTrip / 2
  }

  /// Lets the cloud compute on what has arrived, after the work it already has.
  ///
  /// - Returns: the time at which it is done.
  package mutating func cloud(_ seconds: Double, from arrival: Double) -> Double {
    costs.cloud += seconds
    let start = max(arrival, cloudFree)
    cloudFree = start + seconds
    awaited += max(0, cloudFree - max(start, now))
    return cloudFree
  }

  /// Hands bytes to the downlink.
  ///
  /// - Returns: the time at which they arrive at the edge.
  package mutating func reply(_ bytes: Int, at time: Double) -> Double {
    costs.bytesDown += bytes
    downlinkFree = max(time, downlinkFree) + link.seconds(for: bytes)
    return downlinkFree + link.roundTrip / 2
  }

  /// Lets the edge wait until that time.
  package mutating func wait(until arrival: Double) {
    if arrival > now {
      costs.communication += arrival - now - awaited
      now = arrival
    }
    awaited = 0
  }
}
