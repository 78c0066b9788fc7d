#if Network
  import CleaveModel
  import GRPCNIOTransportHTTP2Posix

  /// The TLS files of a server, in PEM: its certificate, and the authorities of its clients.
  package struct ServerTLS: Sendable {
    package var certificate: String
    package var key: String
    /// The authorities whose certificates clients must show; nil asks clients for none.
    package var clientAuthorities: String?

    package init(certificate: String, key: String, clientAuthorities: String? = nil) {
      self.certificate = certificate
      self.key = key
      self.clientAuthorities = clientAuthorities
    }

    /// Checks that the files can be read.
    ///
    /// - Throws: `InputError` for one that cannot.
    package func check() throws {
      for path in [certificate, key, clientAuthorities].compactMap(\.self) { try PEM.check(path) }
    }

    var configuration: HTTP2ServerTransport.Posix.TransportSecurity {
      let chain: [TLSConfig.CertificateSource] = [.file(path: certificate, format: .pem)]
      let key = TLSConfig.PrivateKeySource.file(path: key, format: .pem)
      guard let clientAuthorities else {
        return .tls(certificateChain: chain, privateKey: key) { $0.requireALPN = true }
      }
      return .mTLS(certificateChain: chain, privateKey: key) {
        $0.requireALPN = true
        $0.trustRoots = .certificates([.file(path: clientAuthorities, format: .pem)])
      }
    }
  }
#endif
