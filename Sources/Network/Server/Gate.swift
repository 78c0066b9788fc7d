#if Network
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix

  /// The check of who a client is, and whether it may use this cloud.
  struct Gate: Sendable {
    /// The tokens that are taken; nil lets every client in that the transport has accepted.
    let tokens: Tokens?

    /// Identifies a client.
    ///
    /// - Returns: the token's name, or the certificate's subject, or the peer's address without its port.
    /// - Throws: `RPCError` unauthenticated.
    func identify(_ metadata: Metadata, _ context: ServerContext) throws(RPCError) -> String {
      if let tokens {
        guard let name = Self.bearer(metadata).flatMap(tokens.name(of:)) else {
          throw RPCError(code: .unauthenticated, message: "no token that this cloud knows")
        }
        return name
      }
      let transport = context.transportSpecific as? HTTP2ServerTransport.Posix.Context
      if let certificate = transport?.peerCertificate { return "\(certificate.subject)" }
      guard let colon = context.remotePeer.lastIndex(of: ":") else { return context.remotePeer }
      return String(context.remotePeer[..<colon])
    }

    private static func bearer(_ metadata: Metadata) -> String? {
      var values = metadata[stringValues: "authorization"].makeIterator()
      guard let value = values.next(), values.next() == nil else { return nil }
      let scheme = "bearer "
      guard value.count > scheme.count, value.prefix(scheme.count).lowercased() == scheme else {
        return nil
      }
      return String(value.dropFirst(scheme.count))
    }
  }
#endif
