#if Network
  import CleaveModel
  import CleaveNetwork
  import CleaveRegistry
  import CleaveStorage
  import Synchronization
  import TestSupport
  import Testing

  /// Registries that cut, lie and refuse while a bundle is pulled: another attempt, or an error and nothing half written.
  @Suite struct PullFaultTests {
    private let fixture: RegistryFixture
    /// The file that the faults are about.
    private let victim = ArtifactLayout.block(1)

    init() throws { fixture = try RegistryFixture() }

    /// Whether a request is for the file's blob.
    private func isVictim(_ seen: FakeRegistry.Seen) -> Bool {
      guard let record = fixture.edge.manifest.file(victim) else { return false }
      return seen.method == "GET" && seen.path.hasSuffix(record.digest.sha256)
    }

    /// Pulls from a registry that misbehaves.
    ///
    /// - Returns: the error, empty for none, and what was asked of the registry.
    private func pull(
      leastProgress: Int? = nil,
      _ fault: @escaping @Sendable (FakeRegistry.Seen, Int) -> FakeRegistry.Fault?
    ) async throws -> (error: String, seen: [FakeRegistry.Seen]) {
      let fixture = fixture
      return try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        registry.forget()
        registry.misbehave(fault)
        let access = RegistryFixture.access {
          $0.retries.leastProgress = leastProgress ?? $0.retries.leastProgress
        }
        let error = await refusal {
          try await RegistryFixture.pull(
            reference, into: fixture.scratch("back"), access: access)
        }
        return (error, registry.seen)
      }
    }

    private func expectWhole() throws {
      #expect(
        try RegistryFixture.files(fixture.scratch("back"))
          == RegistryFixture.files(fixture.edge.path))
    }

    @Test func aBodyThatIsCutGoesOn() async throws {
      let (error, seen) = try await pull { [self] seen, earlier in
        isVictim(seen) && earlier < 2 ? .cut(1000) : nil
      }
      #expect(error.isEmpty, "\(error)")
      try expectWhole()
      #expect(seen.filter(isVictim).map(\.range) == [nil, "bytes=1000-", "bytes=2000-"])
    }

    @Test func aRegistryWithoutRangesBeginsAnew() async throws {
      let bytes = try FileSystem.read("\(fixture.edge.path)/\(victim)", limit: 1 << 24)
      let (error, seen) = try await pull { [self] seen, earlier in
        guard isVictim(seen) else { return nil }
        return earlier == 0 ? .cut(1000) : .plain(bytes)
      }
      #expect(error.isEmpty, "\(error)")
      try expectWhole()
      #expect(seen.filter(isVictim).count == 2)
    }

    /// A registry that begins anew every other time brings nothing that was not there before.
    @Test func aRegistryThatGoesToAndFroIsGivenUp() async throws {
      let (error, _) = try await pull(leastProgress: 1) { [self] seen, earlier in
        isVictim(seen) ? (earlier % 2 == 0 ? .cut(1000) : .status(416)) : nil
      }
      #expect(error.contains("6 times"), "\(error)")
    }

    /// What comes after it counts as progress, though less is there than before.
    @Test func aRegistryMayBeginAnewOnce() async throws {
      let (error, seen) = try await pull(leastProgress: 1) { [self] seen, earlier in
        guard isVictim(seen) else { return nil }
        switch earlier {
        case 0: return .cut(5000)
        case 1: return .status(416)
        case 2..<10: return .cut(100)
        default: return nil
        }
      }
      #expect(error.isEmpty, "\(error)")
      try expectWhole()
      #expect(seen.filter(isVictim).last?.range == "bytes=800-")
    }

    @Test func aPullThatFailedGoesOnLater() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        registry.misbehave { seen, earlier in
          isVictim(seen) ? (earlier == 0 ? .cut(5000) : .status(503)) : nil
        }
        let error = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        }
        #expect(error.contains("503") && error.contains("6 times"), "\(error)")
        #expect(!FileSystem.exists(fixture.scratch("back")))
        registry.behave()
        registry.forget()
        let pulled = try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        #expect(registry.seen.filter(isVictim).map(\.range) == ["bytes=5000-"])
        #expect(pulled.fetchedBytes < pulled.bytes)
        try expectWhole()
        #expect(try fixture.entries().allSatisfy { !$0.hasPrefix(".") })
      }
    }

    @Test func whatWasLeftDamagedIsFetchedAgain() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { [self] registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        registry.misbehave { seen, _ in isVictim(seen) ? .status(404) : nil }
        _ = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        }
        let left = try #require(try fixture.entries().first { $0.hasPrefix(".back.pull-") })
        // One whole file of before, and a part of another.
        let digest = try #require(fixture.edge.manifest.file(victim)?.digest.sha256)
        let whole = try #require(
          try FileSystem.entries(of: fixture.scratch(left)).first { FileDigest.isSHA256($0) })
        try fixture.scratch.write("damaged", to: "\(left)/\(whole)")
        try fixture.scratch.write("damaged too", to: "\(left)/\(digest).part")
        registry.behave()
        try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        try expectWhole()
      }
    }

    /// Answers that no attempt mends, and words of the error.
    static let lies: [(FakeRegistry.Fault, String)] = [
      (.body(Array("another file".utf8)), " bytes of sha256:"),
      (.body([UInt8](repeating: 7, count: 1 << 20)), "found more bytes"),
      (.status(403), "403 Forbidden (FAULT: asked for). Log in with docker login"),
      (.status(404), "404 Not Found"), (.status(302, ["location": "ftp://elsewhere/"]), "redirect"),
      (.status(302, ["location": "http://user@elsewhere/"]), "redirect"),
      (.status(429, ["retry-after": "86400"]), "come back in 86400 s"),
      (.status(206, ["content-range": "bytes 5-6/7"]), "Content-Range: bytes 5-6/7"),
    ]

    @Test(arguments: lies.indices)
    func aLieIsRefused(index: Int) async throws {
      let (fault, expected) = Self.lies[index]
      let (error, _) = try await pull { [self] seen, _ in isVictim(seen) ? fault : nil }
      #expect(error.contains(expected), "\(error)")
      #expect(!FileSystem.exists(fixture.scratch("back")))
    }

    @Test func anotherFileOfTheSameSizeIsRefused() async throws {
      let digest = try #require(fixture.edge.manifest.file(victim)?.digest)
      let (error, _) = try await pull { [self] seen, _ in
        isVictim(seen) ? .body([UInt8](repeating: 7, count: digest.bytes)) : nil
      }
      #expect(error.contains("with the SHA-256") && error.contains("damaged"), "\(error)")
      #expect(!FileSystem.exists(fixture.scratch("back")))
      // Nothing of it is kept for the next attempt; what came of other files is.
      let left = try #require(try fixture.entries().first { $0.hasPrefix(".back.pull-") })
      let part = fixture.scratch("\(left)/\(digest.sha256).part")
      #expect(try !FileSystem.exists(part) || MappedFile.size(of: part) == 0)
      #expect(!FileSystem.exists(fixture.scratch("\(left)/\(digest.sha256)")))
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func aBusyRegistryIsAskedAgain(status: Int) async throws {
      let (error, seen) = try await pull { seen, earlier in
        earlier < 2 ? .status(status, ["retry-after": "0"]) : nil
      }
      #expect(error.isEmpty, "\(error)")
      try expectWhole()
      #expect(seen.filter(isVictim).count == 3)
    }

    @Test func aRegistryThatIsGoneIsNamed() async throws {
      // A port that was free a moment ago.
      let address = try await FakeRegistry.serve { _, address in address }
      let reference = try RegistryFixture.reference(address)
      let error = await refusal {
        try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
      }
      #expect(error.contains("\(address): ") && error.contains("6 times"), "\(error)")
    }
  }
#endif
