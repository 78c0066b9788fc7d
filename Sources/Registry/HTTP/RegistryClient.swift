#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1
  import NIOSSL

  /// A connection to a registry, by the OCI distribution specification 1.1.
  package final class RegistryClient: Sendable {
    let transport: RegistryTransport
    let registry: String

    /// How long a connection may be silent.
    private static let silence = TimeAmount.seconds(60)
    private static let connecting = TimeAmount.seconds(15)

    private init(_ registry: String, access: RegistryAccess, http: HTTPClient) {
      self.registry = registry
      transport = RegistryTransport(registry, access: access, http: http)
    }

    /// Runs `body` with a client of the registry that a reference names.
    ///
    /// - Throws: `SettingError` for plain HTTP to another machine where it is not allowed, `InputError` for a PEM file that
    ///   cannot be read.
    package static func with<Result>(
      _ reference: RegistryReference, access: RegistryAccess,
      _ body: (RegistryClient) async throws -> Result
    ) async throws -> Result {
      guard !access.speaksPlainHTTP || access.allowsPlaintext || reference.isLoopback else {
        throw SettingError(
          .registryEncryption, value: reference.registry, found: "plain HTTP to another machine",
          expected: "a registry of this machine",
          advice:
            "Leave --plain-http out, or give --insecure-plaintext where the network is trusted.")
      }
      let http = HTTPClient(
        eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: try settings(access))
      do {
        let result = try await body(Self(reference.registry, access: access, http: http))
        try? await http.shutdown()
        return result
      } catch {
        try? await http.shutdown()
        throw error
      }
    }

    private static func settings(_ access: RegistryAccess) throws -> HTTPClient.Configuration {
      var tls = TLSConfiguration.makeClientConfiguration()
      if let path = access.authorities {
        let certificates = try? NIOSSLCertificate.fromPEMFile(path)
        guard let certificates, !certificates.isEmpty else {
          throw InputError(
            file: path, found: FileSystem.exists(path) ? "no certificate" : "nothing there",
            expected: "certificates in PEM")
        }
        tls.trustRoots = .certificates(certificates)
      }
      var settings = HTTPClient.Configuration()
      settings.tlsConfiguration = tls
      settings.redirectConfiguration = .disallow
      settings.timeout = HTTPClient.Configuration.Timeout(connect: connecting, read: silence)
      // Attempts are counted here, and not by the pool of connections.
      settings.connectionPool.retryConnectionEstablishment = false
      return settings
    }

    /// The address of something in a repository.
    func address(_ repository: String, _ path: String) -> String {
      "\(transport.origin)/v2/\(repository)/\(path)"
    }
  }

  extension SettingError.Setting {
    /// Whether a registry is spoken to in plain HTTP.
    package static let registryEncryption = Self("plain HTTP")
  }
#endif
