#if Network
  import CleaveRuntime
  import GRPCCore

  /// The meaning of gRPC errors for a session.
  enum RemoteFailure {
    /// Translates an error of a call: `RemoteRefused` where trying again would not help, `LinkClosed` where it
    /// might, or the error itself.
    static func of(_ error: any Error) -> any Error {
      if error is MessageError || error is CancellationError { return error }
      guard let error = error as? RPCError else { return LinkClosed(describe(error)) }
      let text = describe(error)
      if isCertificate(error) { return RemoteRefused("the TLS handshake failed: \(text)") }
      switch error.code {
      case .unauthenticated, .permissionDenied, .unimplemented, .invalidArgument,
        .resourceExhausted,
        .failedPrecondition:
        return RemoteRefused(text)
      default: return LinkClosed(text)
      }
    }

    /// The message of an error, and those of its causes.
    private static func describe(_ error: any Error) -> String {
      guard let error = error as? RPCError else { return "\(error)" }
      let cause = error.cause.map { ": \(describe($0))" } ?? ""
      return "\(error.message) (\(error.code))\(cause)"
    }

    /// Whether a certificate was refused, which the TLS library says only in its text.
    private static func isCertificate(_ error: RPCError) -> Bool {
      let text = describe(error)
      return ["CERTIFICATE", "handshakeFailed", "unableToValidateCertificate", "noSuitable"]
        .contains(where: text.contains)
    }
  }
#endif
