#if Network
  import CleaveRuntime
  import CleaveStorage
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix

  /// The address of a cloud on another machine, and how to connect to it.
  package struct RemoteCloud: Sendable {
    package var address: HostAndPort
    /// The TLS files; nil speaks plaintext.
    package var tls: ClientTLS?
    /// The bearer token that is sent with every session.
    package var token: String?
    /// The longest wait for a connection.
    package var connectDeadline = Duration.seconds(10)
    /// Bytes of the largest message that the cloud may send.
    package var mostReplyBytes = 1 << 20

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

    /// Opens a stream for one session, over a connection of its own.
    ///
    /// - Throws: `LinkClosed` when no server is there, `RemoteRefused`, `DeadlineExceeded`.
    package func connect() async throws -> GRPCLink {
      let transport = try transport()
      var options = CallOptions.defaults
      options.maxResponseMessageBytes = mostReplyBytes
      let link = GRPCLink(transport, metadata: metadata, options: options)
      do {
        try await Self.within(connectDeadline) { try await link.started() }
      } catch {
        link.cancel()
        throw error
      }
      return link
    }

    /// A connection that is made when something is asked over it.
    ///
    /// - Throws: `RemoteRefused` for TLS files that cannot be used.
    func transport() throws -> HTTP2ClientTransport.Posix {
      do {
        return try HTTP2ClientTransport.Posix(
          target: .dns(host: address.host, port: address.port),
          transportSecurity: tls.map { .tls($0.configuration) } ?? .plaintext, config: config)
      } catch {
        throw RemoteRefused("\(error)")
      }
    }

    /// Makes room for the states that come back: a full message of them.
    ///
    /// - Parameter hiddenSize: numbers of a hidden state.
    package mutating func expectStates(hiddenSize: Int) {
      mostReplyBytes = max(mostReplyBytes, Message.mostBytes(hiddenSize: hiddenSize))
    }

    /// The way to connect again, for `CloudClient`.
    package var reconnection: CloudClient.Reconnection {
      CloudClient.Reconnection { try await connect() }
    }

    var metadata: Metadata {
      token.map { ["authorization": "Bearer \($0)"] } ?? [:]
    }

    private var config: HTTP2ClientTransport.Posix.Config {
      .defaults {
        // Pings find out about a cloud that is gone without closing the connection.
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
