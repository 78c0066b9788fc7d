#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveStorage
  import Foundation
  import TestSupport
  import Testing

  /// Signatures that refer to bundles in registries.
  @Suite struct SignatureTransferTests {
    private let fixture: RegistryFixture

    init() throws { fixture = try RegistryFixture() }

    @Test(arguments: [true, false])
    func aSignatureComesAlong(hasReferrers: Bool) async throws {
      let fixture = fixture
      try RegistryFixture.sign(fixture.edge)
      try await FakeRegistry.serve { registry, address in
        registry.state.withLock { $0.hasReferrers = hasReferrers }
        let reference = try RegistryFixture.reference(address)
        let pushed = try await RegistryFixture.push(fixture.edge, reference)
        #expect(pushed.signature != nil)
        // The same signature again is no other one.
        try await RegistryFixture.push(fixture.edge, reference)
        let key = try RegistryFixture.key()
        let pulled = try await RegistryFixture.pull(reference, into: fixture.scratch("back")) {
          $0.trust = key
        }
        #expect(pulled.isSigned)
        #expect(
          try RegistryFixture.files(fixture.scratch("back"))
            == RegistryFixture.files(fixture.edge.path))
        // A part of the bundle is checked too.
        try await RegistryFixture.pull(reference, into: fixture.scratch("part")) {
          $0.trust = key
          $0.selection = .blocks(0..<2)
        }
        let other = try RegistryFixture.key("other.pub")
        let refused = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("b")) { $0.trust = other }
        }
        #expect(refused.contains("1 signatures with other keys"), "\(refused)")
        #expect(!FileSystem.exists(fixture.scratch("b")))
      }
    }

    @Test func aBundleWithoutASignatureIsNotTrusted() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { _, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        let key = try RegistryFixture.key()
        let error = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back")) {
            $0.trust = key
          }
        }
        #expect(error.contains("it is not signed"), "\(error)")
        #expect(!FileSystem.exists(fixture.scratch("back")))
      }
    }

    /// Referrers that want something else kept than the bundle's signature, and words of the error; none where it is passed over.
    static let referrers = [
      (#""size":"#, #""size":1073741824,"x":"#, "at most 67108864"),
      (#""subject":{"#, #""other":{"#, "subject: found none"),
      (#""layers":["#, #""layers":[],"x":["#, ""),
    ]

    @Test(arguments: referrers.indices)
    func aReferrerThatIsNoSignatureIsNotKept(index: Int) async throws {
      let (old, new, expected) = Self.referrers[index]
      let fixture = fixture
      try RegistryFixture.sign(fixture.edge)
      try await FakeRegistry.serve { registry, address in
        registry.state.withLock { $0.hasReferrers = false }
        let reference = try RegistryFixture.reference(address)
        let pushed = try await RegistryFixture.push(fixture.edge, reference)
        try registry.replace(try #require(pushed.signature), in: "models/edge") { text in
          // The last of the sizes is the subject's; the layer's stands before it.
          let parts = text.components(separatedBy: #""layers":["#)
          return new.contains("x\":[") || new.contains("other")
            ? text.replacing(old, with: new)
            : parts[0] + #""layers":["# + parts[1].replacing(old, with: new, maxReplacements: 1)
        }
        let error = await refusal {
          let pulled = try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
          #expect(!pulled.isSigned)
        }
        #expect(expected.isEmpty ? error.isEmpty : error.contains(expected), "\(error)")
      }
    }

    @Test func aSignatureOfAnotherBundleIsNotTrusted() async throws {
      let fixture = fixture
      let other = try RegistryFixture(exits: [2, 3])
      try RegistryFixture.sign(other.edge)
      try fixture.scratch.write(
        FileSystem.read("\(other.edge.path)/model.sig", limit: 1 << 20), to: "edge/model.sig")
      try await FakeRegistry.serve { _, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        let key = try RegistryFixture.key()
        let error = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back")) {
            $0.trust = key
          }
        }
        #expect(error.contains("as it was signed with the private half"), "\(error)")
        // What was fetched is kept: with the right key, or none, the pull goes on.
        let pulled = try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        #expect(pulled.fetchedBytes == 0)
      }
    }
  }
#endif
