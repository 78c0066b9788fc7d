#if Network
  import CleaveModel
  import GRPCNIOTransportHTTP2Posix

  /// How a cloud shows who it is, and whom it asks the same. Files are PEM.
  package struct ServerTLS: Sendable {
    package var certificate: String
    package var key: String
    /// Clients must show a certificate of these authorities; nil asks for none.
    package var clientAuthorities: String?

    package init(certificate: String, key: String, clientAuthorities: String? = nil) {
      self.certificate = certificate
      self.key = key
      self.clientAuthorities = clientAuthorities
    }

    /// - Throws: `InputError` for a file that cannot be read.
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
