#if Network
  import CleaveRuntime
  import GRPCCore

  enum RemoteFailure {
    /// What an error of a call means to a session: `RemoteRefused`, `LinkClosed`, or itself.
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

    /// The message, and what is below it.
    private static func describe(_ error: any Error) -> String {
      guard let error = error as? RPCError else { return "\(error)" }
      let cause = error.cause.map { ": \(describe($0))" } ?? ""
      return "\(error.message) (\(error.code))\(cause)"
    }

    /// The TLS library says so only in words.
    private static func isCertificate(_ error: RPCError) -> Bool {
      let text = describe(error)
      return ["CERTIFICATE", "handshakeFailed", "unableToValidateCertificate", "noSuitable"]
        .contains(where: text.contains)
    }
  }
#endif
