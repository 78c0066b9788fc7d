import CleaveStorage

#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRuntime
  import TestSupport
  import Testing

  /// Who is let in: certificates and tokens of tools/golden/tls.sh.
  @Suite(.timeLimit(.minutes(2))) struct SecurityTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    private static func file(_ name: String) -> String { Golden.path("tls/\(name)") }
    private static func serverTLS(clients: String? = nil) -> ServerTLS {
      ServerTLS(
        certificate: file("server.pem"), key: file("server.key"), clientAuthorities: clients)
    }

    private static func cloud(
      _ address: HostAndPort, authorities: String = "ca.pem", certificate: String? = nil,
      token: String? = nil
    ) throws -> RemoteCloud {
      try RemoteCloud(
        HostAndPort(host: "localhost", port: address.port),
        tls: ClientTLS(
          authorities: file(authorities),
          certificate: certificate.map { (file("\($0).pem"), file("\($0).key")) }),
        token: token)
    }

    /// - Returns: what became of a session, opened and asked.
    private func attempt(_ cloud: RemoteCloud) async throws -> [Int] {
      try await fixture.tokens(
        try await cloud.connect(), deadline: .seconds(20), reconnection: cloud.reconnection)
    }

    @Test func encryptedTokensAreThoseOfOneProcess() async throws {
      let expected = try await fixture.tokensInProcess()
      try await fixture.withServer {
        $0.tls = Self.serverTLS()
      } _: { _, address in
        let cloud = try Self.cloud(address)
        #expect(try await attempt(cloud) == expected)
        // An authority that did not sign the server's certificate: not tried again and again.
        await #expect(throws: RemoteRefused.self) {
          try await attempt(try Self.cloud(address, authorities: "stranger.pem"))
        }
        // Plaintext to a server that speaks TLS.
        await #expect(throws: (any Error).self) {
          let link = try await RemoteCloud(address).connect()
          link.send(.rewind(positions: 0))
          _ = try await link.receive()
        }
      }
    }

    @Test func aServerMayWantCertificates() async throws {
      let expected = try await fixture.tokensInProcess()
      try await fixture.withServer {
        $0.tls = Self.serverTLS(clients: Self.file("ca.pem"))
      } _: { _, address in
        let cloud = try Self.cloud(address, certificate: "client")
        #expect(try await attempt(cloud) == expected)
        for certificate in [nil, "stranger"] {
          await #expect(throws: (any Error).self) {
            let link = try await Self.cloud(address, certificate: certificate).connect()
            link.send(.rewind(positions: 0))
            _ = try await link.receive()
          }
        }
      }
    }

    @Test func aServerMayWantTokens() async throws {
      let expected = try await fixture.tokensInProcess()
      let file = try fixture.scratch.write(
        "# who\nphone 0123456789abcdef\n\nwatch fedcba9876543210\n", to: "tokens")
      try await fixture.withServer {
        $0.tokens = try? Tokens(file: file)
      } _: { server, address in
        for token in ["0123456789abcdef", "fedcba9876543210"] {
          let cloud = try RemoteCloud(address, token: token)
          #expect(try await attempt(cloud) == expected)
        }
        for token in [nil, "", "0123456789abcdeF", "phone"] {
          await #expect(throws: RemoteRefused.self) {
            try await attempt(try RemoteCloud(address, token: token))
          }
        }
        #expect(server.counters.counts.unauthenticated == 4)
        #expect(server.metricsText.contains("cleave_unauthenticated_total 4\n"))
      }
    }

    @Test(arguments: [
      "", "# none\n", "name\n", "name short\n", "a 0123456789abcdef x\n",
      "a 0123456789abcdef\nb 0123456789abcdef\n", "a 0123456789abcdef\na 1123456789abcdef\n",
    ])
    func aTokenFileThatSaysSomethingElseIsRefused(_ text: String) throws {
      let file = try fixture.scratch.write(text, to: "bad-tokens")
      let error = #expect(throws: InputError.self) { try Tokens(file: file) }
      #expect(error.map { !"\($0)".contains("123456789") } == true)
    }

    /// Each name and token is looked for once: among all before it would not come back.
    @Test func aHundredThousandTokensAreRead() throws {
      let lines = (0..<100_000).map { "n\($0) 0123456789abcdef\($0)" }
      let tokens = try Tokens(lines.joined(separator: "\n"), file: "tokens")
      #expect(tokens.name(of: "0123456789abcdef99999") == "n99999")
      for last in [lines[7], "n7 another0123456789", "another 0123456789abcdef7"] {
        let error = #expect(throws: InputError.self) {
          try Tokens((lines + [last]).joined(separator: "\n"), file: "tokens")
        }
        #expect(error?.location == "line 100001")
      }
    }

    @Test(arguments: [
      ("127.0.0.1:7070", "127.0.0.1", 7070, true), ("[::1]:0", "::1", 0, true),
      ("cloud.example:443", "cloud.example", 443, false), ("localhost:1", "localhost", 1, true),
      ("127.evil.example:1", "127.evil.example", 1, false),
    ])
    func placesAreRead(_ text: String, _ host: String, _ port: Int, _ loopback: Bool) throws {
      let address = try #require(HostAndPort(text))
      #expect(address == HostAndPort(host: host, port: port))
      #expect(address.isLoopback == loopback)
      #expect(address.description == text)
    }

    @Test(arguments: [
      "", "host", ":1", "host:", "host:65536", "host:-1", "::1:5", "a/b:1", "[x]:1",
    ])
    func whatIsNoPlaceIsNot(_ text: String) { #expect(HostAndPort(text) == nil) }
  }
#endif
