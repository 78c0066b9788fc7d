#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveStorage
  import TestSupport
  import Testing

  /// Registries that cut, forget and refuse while a bundle is pushed.
  @Suite struct PushFaultTests {
    private let fixture: RegistryFixture

    init() throws { fixture = try RegistryFixture() }

    /// Pushes to a registry that misbehaves, and pulls from one that does not.
    private func push(
      _ fault: @escaping @Sendable (FakeRegistry.Seen, Int) -> FakeRegistry.Fault?
    ) async throws -> (error: String, seen: [FakeRegistry.Seen]) {
      let fixture = fixture
      return try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        registry.misbehave(fault)
        let error = await refusal {
          try await RegistryFixture.push(fixture.edge, reference) { $0.atOnce = 1 }
        }
        let seen = registry.seen
        registry.behave()
        if error.isEmpty {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
          #expect(
            try RegistryFixture.files(fixture.scratch("back"))
              == RegistryFixture.files(fixture.edge.path))
        } else {
          // A bundle that was not pushed whole has no manifest.
          #expect(registry.state.withLock { $0.manifests.isEmpty })
        }
        return (error, seen)
      }
    }

    @Test func anUploadGoesOnFromWhatIsThere() async throws {
      let (error, seen) = try await push { seen, earlier in
        seen.method == "PATCH" && earlier == 0 ? .takes(700) : nil
      }
      #expect(error.isEmpty, "\(error)")
      // The registry was asked where the upload stands.
      #expect(seen.contains { $0.method == "GET" && $0.path.contains("/uploads/") })
    }

    @Test func anUploadThatIsLostBeginsAgain() async throws {
      let (error, _) = try await push { seen, earlier in
        seen.method == "PATCH" && seen.path.hasSuffix("u1") && earlier == 0 ? .status(404) : nil
      }
      #expect(error.isEmpty, "\(error)")
    }

    @Test func aPieceThatIsNotTakenIsSentAgain() async throws {
      let (error, _) = try await push { seen, earlier in
        seen.method == "PATCH" && earlier == 0 ? .status(416) : nil
      }
      #expect(error.isEmpty, "\(error)")
    }

    @Test(arguments: ["HEAD", "POST", "PUT"])
    func aBusyRegistryIsAskedAgain(method: String) async throws {
      let (error, _) = try await push { seen, earlier in
        seen.method == method && earlier == 0 ? .status(503) : nil
      }
      #expect(error.isEmpty, "\(error)")
    }

    /// Every other answer takes back what was there: that would go on for ever.
    @Test func aRegistryThatGoesToAndFroIsGivenUp() async throws {
      let (error, seen) = try await push { seen, earlier in
        seen.method == "PATCH" ? .headers(["range": earlier % 2 == 0 ? "0-99" : "0-0"]) : nil
      }
      #expect(error.contains("it takes no more of an upload"), "\(error)")
      #expect(seen.count { $0.method == "PATCH" } == 32)
    }

    static let refusals: [(method: String, FakeRegistry.Fault, String)] = [
      ("POST", .status(403), "beginning an upload: 403"),
      ("POST", .headers(["location": "ftp://elsewhere/"]), "no address for the upload"),
      ("POST", .headers(["location": ""]), "no address for the upload"),
      ("PATCH", .status(413), "Give smaller --chunk-size"),
      ("PATCH", .status(404), "it lost an upload 4 times"),
      ("PATCH", .status(416), "it takes no more of an upload"),
      ("PATCH", .headers(["range": "0-99999999"]), "the header Range: 0-99999999"),
      ("PATCH", .headers(["range": "5-6"]), "the header Range: 5-6"),
      ("PUT", .status(400), "closing an upload: 400 Bad Request (FAULT: asked for)"),
      ("HEAD", .status(401), "a login by a way that it does not name"),
      ("HEAD", .status(503), "503 Service Unavailable, 6 times"),
    ]

    @Test(arguments: refusals.indices)
    func aRefusalIsNamed(index: Int) async throws {
      let (method, fault, expected) = Self.refusals[index]
      let (error, _) = try await push { seen, _ in seen.method == method ? fault : nil }
      #expect(error.contains(expected), "\(error)")
    }

    @Test func aDamagedOrStrangeFileIsNotPushed() async throws {
      let fixture = fixture
      try fixture.scratch.write("mine", to: "edge/notes.txt")
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        let stray = await refusal { try await RegistryFixture.push(fixture.edge, reference) }
        #expect(stray.contains("notes.txt: found a file that the manifest does not list"))
        try fixture.scratch.remove("edge/notes.txt")
        let path = "edge/\(ArtifactLayout.block(1))"
        var bytes = try FileSystem.read(fixture.scratch(path), limit: 1 << 24)
        bytes[bytes.count - 1] ^= 1
        try fixture.scratch.write(bytes, to: path)
        let damaged = await refusal { try await RegistryFixture.push(fixture.edge, reference) }
        #expect(damaged.contains("The bundle is damaged"), "\(damaged)")
        #expect(registry.state.withLock { $0.manifests.isEmpty })
      }
    }

    @Test func aDigestIsNoPlaceToPushTo() async throws {
      let digest = String(repeating: "a", count: 64)
      let reference = try RegistryReference("localhost:5000/models/edge@sha256:\(digest)")
      let error = await refusal { try await RegistryFixture.push(fixture.edge, reference) }
      #expect(error.contains("expected a tag to push to"), "\(error)")
    }

    @Test func plainHTTPStaysOnThisMachine() async throws {
      let reference = try RegistryReference("registry.example.com/models/edge:1")
      let error = await refusal { try await RegistryFixture.push(fixture.edge, reference) }
      #expect(error.contains("plain HTTP to another machine"), "\(error)")
    }
  }
#endif
