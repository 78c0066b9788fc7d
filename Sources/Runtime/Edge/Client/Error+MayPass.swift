extension Error {
  /// Whether the failure of a session may pass with time or on another connection.
  var mayPass: Bool {
    switch self {
    case is LinkClosed, is DeadlineExceeded: true
    case let refusal as CloudRefusal: refusal.refusal.code.isTransient
    default: false
    }
  }
}
