import CleaveStorage

#if Network
  import CleaveModel
  import CleaveRuntime
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix

  /// A cloud on another machine: where it is, and how it is spoken to.
  package struct RemoteCloud: Sendable {
    package var address: HostAndPort
    /// nil speaks plaintext.
    package var tls: ClientTLS?
    /// Sent with every session.
    package var token: String?
    /// The longest wait for a connection.
    package var connectDeadline = Duration.seconds(10)

    /// - Parameter insecurePlaintext: whether states and tokens may cross a network unencrypted.
    /// - Throws: `SettingError` for plaintext beyond this machine that was not asked for.
    package init(
      _ address: HostAndPort, tls: ClientTLS? = nil, token: String? = nil,
      insecurePlaintext: Bool = false
    ) throws {
      guard tls != nil || address.isLoopback || insecurePlaintext else {
        throw SettingError(
          .cloudEncryption, value: address.description, found: "plaintext to another machine",
          expected: "TLS",
          advice: "Give --tls-ca FILE (or --tls with the system's authorities), or"
            + " --insecure-plaintext where the network is trusted.")
      }
      self.address = address
      self.tls = tls
      self.token = token
    }

    /// A stream of its own, for one session.
    ///
    /// - Throws: `LinkClosed` when nobody is there, `RemoteRefused`, `DeadlineExceeded`.
    package func connect() async throws -> GRPCLink {
      let transport: HTTP2ClientTransport.Posix
      do {
        transport = try HTTP2ClientTransport.Posix(
          target: .dns(host: address.host, port: address.port),
          transportSecurity: tls.map { .tls($0.configuration) } ?? .plaintext, config: config)
      } catch {
        throw RemoteRefused("\(error)")
      }
      var options = CallOptions.defaults
      options.maxResponseMessageBytes = 1 << 20
      let link = GRPCLink(transport, metadata: metadata, options: options)
      do {
        try await Self.within(connectDeadline) { try await link.started() }
      } catch {
        link.cancel()
        throw error
      }
      return link
    }

    /// Connects to it again, for as long as `CloudClient` tries.
    package var reconnection: CloudClient.Reconnection {
      CloudClient.Reconnection { try await connect() }
    }

    private var metadata: Metadata {
      token.map { ["authorization": "Bearer \($0)"] } ?? [:]
    }

    private var config: HTTP2ClientTransport.Posix.Config {
      .defaults {
        // A cloud that is gone without a word is noticed.
        $0.connection.keepalive = .init(
          time: .seconds(20), timeout: .seconds(10), allowWithoutCalls: false)
      }
    }

    private static func within(
      _ limit: Duration, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(operation: body)
        group.addTask {
          try await Task.sleep(for: limit)
          throw LinkClosed("no connection within \(limit)")
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }
#endif
