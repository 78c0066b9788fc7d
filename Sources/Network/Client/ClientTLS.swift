#if Network
  import CleaveStorage
  import GRPCNIOTransportHTTP2Posix

  /// The TLS files of an edge, in PEM: the authorities of its cloud, and its own certificate.
  package struct ClientTLS: Sendable {
    /// The authorities that may have issued the cloud's certificate; nil for the system's.
    package var authorities: String?
    /// The edge's certificate chain and key, for a cloud that asks for them.
    package var certificate: (chain: String, key: String)?

    package init(authorities: String? = nil, certificate: (chain: String, key: String)? = nil) {
      self.authorities = authorities
      self.certificate = certificate
    }

    /// Checks that the files can be read.
    ///
    /// - Throws: `InputError` for one that cannot.
    package func check() throws {
      for path in [authorities, certificate?.chain, certificate?.key].compactMap(\.self) {
        try PEM.check(path)
      }
    }

    var configuration: HTTP2ClientTransport.Posix.TransportSecurity.TLS {
      .defaults {
        if let authorities {
          $0.trustRoots = .certificates([.file(path: authorities, format: .pem)])
        }
        if let certificate {
          $0.certificateChain = [.file(path: certificate.chain, format: .pem)]
          $0.privateKey = .file(path: certificate.key, format: .pem)
        }
      }
    }
  }

  /// PEM files.
  enum PEM {
    /// Checks that a file is one.
    ///
    /// - Throws: `InputError` for a file that cannot be read, or holds no PEM block.
    static func check(_ path: String) throws {
      let text = String(decoding: try FileSystem.read(path, limit: 1 << 22), as: UTF8.self)
      guard text.contains("-----BEGIN ") else {
        throw InputError(file: path, found: "no PEM block", expected: "-----BEGIN …-----")
      }
    }
  }
#endif
