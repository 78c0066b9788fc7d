/// An event of the session between edge and cloud.
package enum CloudEvent: Equatable, Sendable, CustomStringConvertible {
  /// The connection has ended.
  case lost(String)
  /// There is a connection again.
  case connected
  /// The edge answers alone from now on.
  case standalone
  /// The cloud has answered again.
  case collaborative

  package var description: String {
    switch self {
    case .lost(let reason): "the connection is lost: \(reason)"
    case .connected: "connected to the cloud"
    case .standalone: "the cloud does not answer in time: standalone"
    case .collaborative: "the cloud answers: collaborative"
    }
  }
}
