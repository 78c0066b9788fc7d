import CleaveStorage

/// How a cloud server is reached: encryption, identification and patience.
package struct ServerAccess: Sendable {
  /// Encryption of the connection. Files are PEM.
  package struct TLS: Sendable {
    /// File of the authorities that the server's certificate may come from; nil trusts the system's.
    package var authorities: String?
    /// Files to identify this client with.
    package var certificate: (chain: String, key: String)?

    package init(authorities: String? = nil, certificate: (chain: String, key: String)? = nil) {
      self.authorities = authorities
      self.certificate = certificate
    }
  }

  /// nil speaks plaintext.
  package var tls: TLS?
  /// Bearer token that is sent with every session.
  package var token: String?
  /// Whether plaintext may cross a network.
  package var allowsPlaintext = false
  /// The longest wait for a reply.
  package var deadline = Duration.seconds(30)

  package init() {}
}

#if Network
  import CleaveNetwork

  extension ServerAccess {
    /// The server at an address, not connected yet.
    ///
    /// - Throws: `InputError` for PEM files that cannot be read, `SettingError` for plaintext to
    ///   another machine where it is not allowed.
    package func cloud(at address: HostAndPort) throws -> RemoteCloud {
      let tls = tls.map { ClientTLS(authorities: $0.authorities, certificate: $0.certificate) }
      try tls?.check()
      return try RemoteCloud(address, tls: tls, token: token, insecurePlaintext: allowsPlaintext)
    }
  }
#endif
