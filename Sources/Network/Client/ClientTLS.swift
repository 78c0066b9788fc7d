import CleaveStorage

#if Network
  import CleaveModel
  import GRPCNIOTransportHTTP2Posix

  /// How the edge knows the cloud, and shows who it is. Files are PEM.
  package struct ClientTLS: Sendable {
    /// The authorities that the cloud's certificate may come from; nil for the system's.
    package var authorities: String?
    /// For a cloud that asks for one.
    package var certificate: (chain: String, key: String)?

    package init(authorities: String? = nil, certificate: (chain: String, key: String)? = nil) {
      self.authorities = authorities
      self.certificate = certificate
    }

    /// - Throws: `InputError` for a file that cannot be read.
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

  enum PEM {
    /// - Throws: `InputError` for a file that is not there, or is of another kind.
    static func check(_ path: String) throws {
      let text = String(decoding: try FileSystem.read(path, limit: 1 << 22), as: UTF8.self)
      guard text.contains("-----BEGIN ") else {
        throw InputError(file: path, found: "no PEM block", expected: "-----BEGIN …-----")
      }
    }
  }
#endif
