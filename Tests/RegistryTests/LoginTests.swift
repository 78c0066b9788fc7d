#if Network
  import CleaveNetwork
  import CleaveRegistry
  import CleaveStorage
  import TestSupport
  import Testing

  /// Registries that ask who is there.
  @Suite struct LoginTests {
    private let fixture: RegistryFixture
    /// base64 of user:secret.
    private static let login = "dXNlcjpzZWNyZXQ="

    init() throws { fixture = try RegistryFixture() }

    private func configuration(_ text: String) throws -> DockerConfiguration {
      try fixture.scratch.write(text, to: "config.json")
      return try DockerConfiguration(environment: ["DOCKER_CONFIG": fixture.scratch.path])
    }

    private func access(_ address: HostAndPort, auth: String) throws -> RegistryAccess {
      let configuration = try configuration(
        #"{"auths":{"http://\#(address)/v2/":{"auth":"\#(auth)"}}}"#)
      return RegistryFixture.access { $0.configuration = configuration }
    }

    @Test func aPasswordOfDockerIsTaken() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        registry.close(.basic(Self.login))
        let reference = try RegistryFixture.reference(address)
        let access = try access(address, auth: Self.login)
        try await RegistryFixture.push(fixture.edge, reference, access: access)
        try await RegistryFixture.pull(
          reference, into: fixture.scratch("back"), access: access)
        let wrong = try self.access(address, auth: "dXNlcjp3cm9uZw==")
        let refused = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("b"), access: wrong)
        }
        #expect(refused.contains("the login is refused"), "\(refused)")
        #expect(!refused.contains("wrong"), "a password")
        let nobody = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("b"))
        }
        #expect(nobody.contains("it asks for a login. Log in with docker login"), "\(nobody)")
      }
    }

    @Test func aTokenIsAskedFor() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        registry.close(
          .bearer(token: "t0ken", login: Self.login, realm: "http://\(address)/token?x=1"))
        let reference = try RegistryFixture.reference(address)
        let access = try access(address, auth: Self.login)
        try await RegistryFixture.push(fixture.edge, reference, access: access)
        let asked = registry.seen.filter { $0.path == "/token" }
        #expect(
          Set(asked.map(\.query)).contains(
            "x=1&service=fake&scope=repository%3Amodels%2Fedge%3Apull%2Cpush"))
        try await RegistryFixture.pull(reference, into: fixture.scratch("back"), access: access)

        // A token of a file is sent as it is, and nobody is asked for one.
        registry.forget()
        var own = RegistryFixture.access()
        own.credential = try Credential(file: fixture.scratch.write("t0ken\n", to: "token"))
        try await RegistryFixture.pull(reference, into: fixture.scratch("own"), access: own)
        #expect(!registry.seen.contains { $0.path == "/token" })
        let refused = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("b"))
        }
        #expect(refused.contains("it asks for a login"), "\(refused)")
      }
    }

    @Test(arguments: [
      ("a b", "a token with characters that none has"), ("", "a token with characters"),
      (String(repeating: "x", count: 1 << 20), "a token of more than 1048576 bytes"),
    ])
    func aTokenThatIsNoneIsRefused(token: String, expected: String) async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        registry.close(.bearer(token: token, login: nil, realm: "http://\(address)/token"))
        let reference = try RegistryFixture.reference(address)
        let error = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        }
        #expect(error.contains(expected), "\(error)")
      }
    }

    @Test func aHelperIsNotRun() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        registry.close(.basic(Self.login))
        let reference = try RegistryFixture.reference(address)
        for text in [
          #"{"credHelpers":{"\#(address)":"pass"}}"#,
          #"{"credsStore":"pass","auths":{"\#(address)":{}}}"#,
        ] {
          let configuration = try configuration(text)
          let access = RegistryFixture.access { $0.configuration = configuration }
          let error = await refusal {
            try await RegistryFixture.pull(
              reference, into: fixture.scratch("back"), access: access)
          }
          #expect(
            error.contains("which the helper docker-credential-pass keeps")
              && error.contains("give --token-file"), "\(error)")
        }
      }
    }

    static let wrongConfigurations = [
      (#"{"auths":{"HOST":{"auth":"%"}}}"#, "base64 of USER:PASSWORD"),
      (#"{"auths":{"HOST":{"auth":"dXNlcg=="}}}"#, "base64 of USER:PASSWORD"),
      (#"{"auths":{"HOST":{"identitytoken":"x"}}}"#, "an identity token"),
      (#"{"auths":[]}"#, "an object"), (#"{"#, "JSON"),
    ]

    @Test(arguments: wrongConfigurations)
    func aWrongConfigurationIsNamed(text: String, expected: String) async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        registry.close(.basic(Self.login))
        let reference = try RegistryFixture.reference(address)
        let error = await refusal {
          let configuration = try configuration(text.replacing("HOST", with: "\(address)"))
          let access = RegistryFixture.access { $0.configuration = configuration }
          try await RegistryFixture.pull(
            reference, into: fixture.scratch("back"), access: access)
        }
        #expect(error.contains("config.json") && error.contains(expected), "\(error)")
      }
    }

    @Test func aRedirectGetsNoLogin() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        registry.close(.basic(Self.login))
        let reference = try RegistryFixture.reference(address)
        let access = try access(address, auth: Self.login)
        try await RegistryFixture.push(fixture.edge, reference, access: access)
        try await FakeRegistry.serve { store, storeAddress in
          store.state.withLock { $0.blobs = registry.state.withLock { $0.blobs } }
          registry.misbehave { seen, _ in
            seen.method == "GET" && seen.path.contains("/blobs/")
              ? .status(307, ["location": "http://\(storeAddress)\(seen.path)"]) : nil
          }
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"), access: access)
          #expect(!store.seen.isEmpty && store.seen.allSatisfy { $0.authorization == nil })
          #expect(
            try RegistryFixture.files(fixture.scratch("back"))
              == RegistryFixture.files(fixture.edge.path))
          // A store that asks for a login gets none.
          store.close(.basic(Self.login))
          let error = await refusal {
            try await RegistryFixture.pull(reference, into: fixture.scratch("b"), access: access)
          }
          #expect(error.contains("401"), "\(error)")
          #expect(store.seen.allSatisfy { $0.authorization == nil })
        }
      }
    }

    @Test func redirectsHaveAnEnd() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        registry.misbehave { seen, _ in
          .status(302, ["location": "\(seen.path)"])
        }
        let error = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        }
        #expect(error.contains("more than 5 redirects"), "\(error)")
      }
    }
  }
#endif
