#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveStorage
  import TestSupport
  import Testing

  /// Bundles to a registry and back.
  @Suite struct TransferTests {
    private let fixture: RegistryFixture

    init() throws { fixture = try RegistryFixture() }

    @Test func aBundleComesBackAsItWas() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        let pushed = try await RegistryFixture.push(fixture.edge, reference)
        #expect(pushed.uploadedFiles == pushed.files)
        let pulled = try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        #expect(pulled.digest == pushed.digest && !pulled.isSigned)
        #expect(
          try RegistryFixture.files(fixture.scratch("back"))
            == RegistryFixture.files(fixture.edge.path))
        #expect(try Artifact(opening: fixture.scratch("back")).damagedFiles().isEmpty)
        // By its digest too, which no tag can move.
        let fixed = try RegistryFixture.reference(
          address, "models/edge@sha256:\(pushed.digest.sha256)")
        _ = try await RegistryFixture.pull(fixed, into: fixture.scratch("again"))
        #expect(try fixture.entries().allSatisfy { !$0.hasPrefix(".") })
      }
    }

    @Test func whatIsThereIsNotUploadedAgain() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        let first = try await RegistryFixture.push(fixture.edge, reference)
        registry.forget()
        let second = try await RegistryFixture.push(fixture.edge, reference)
        #expect(second.digest == first.digest && second.uploadedFiles == 0)
        #expect(!registry.seen.contains { $0.method == "PATCH" || $0.method == "POST" })

        // The cloud shares blocks with the edge, in another repository.
        let cloud = try RegistryFixture.reference(address, "models/cloud:1")
        let shared = Set(fixture.edge.manifest.files.map(\.digest))
        let common = fixture.cloud.manifest.files.filter { shared.contains($0.digest) }
        #expect(!common.isEmpty)
        let mounted = try await RegistryFixture.push(fixture.cloud, cloud) {
          $0.mounts = ["models/edge"]
        }
        #expect(mounted.mountedFiles == common.count)
        #expect(mounted.uploadedFiles == mounted.files - common.count)
        _ = try await RegistryFixture.pull(cloud, into: fixture.scratch("cloud-back"))
        #expect(
          try RegistryFixture.files(fixture.scratch("cloud-back"))
            == RegistryFixture.files(fixture.cloud.path))
      }
    }

    @Test func onlyWhatDiffersIsUploaded() async throws {
      let fixture = fixture
      // Another threshold is another manifest alone; another exit is a file more.
      let variants = [
        try RegistryFixture(threshold: 0.5), try RegistryFixture(exits: [2, 3]),
      ]
      try await FakeRegistry.serve { _, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        for (variant, files) in zip(variants, 1...) {
          let second = try await RegistryFixture.push(variant.edge, reference)
          #expect(second.uploadedFiles == files)
          _ = try await RegistryFixture.pull(reference, into: fixture.scratch("edge")) {
            $0.force = true
          }
          #expect(
            try RegistryFixture.files(fixture.scratch("edge"))
              == RegistryFixture.files(variant.edge.path))
        }
      }
    }

    @Test func filesThatStandAtTheTargetAreNotFetchedAgain() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        registry.forget()
        let pulled = try await RegistryFixture.pull(reference, into: fixture.edge.path) {
          $0.force = true
        }
        #expect(pulled.fetchedBytes == 0)
        #expect(
          registry.seen.filter { $0.method == "GET" && $0.path.contains("/blobs/") }.count == 1)
        let refused = await refusal {
          try await RegistryFixture.pull(reference, into: fixture.edge.path)
        }
        #expect(refused.contains("something there already"), "\(refused)")
      }
    }

    @Test(arguments: [0..<2, 0..<3, 1..<4, 0..<4, 0..<6])
    func aPartIsWhatAnExitUses(blocks: Range<Int>) async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        let target = fixture.scratch("part")
        let error = await refusal {
          try await RegistryFixture.pull(reference, into: target) { $0.selection = .blocks(blocks) }
        }
        guard blocks.lowerBound == 0 else {
          #expect(error.contains("an exit that blocks 1..<4 reach"), "\(error)")
          return
        }
        #expect(error.isEmpty, "\(error)")
        let depth = blocks.upperBound < 4 ? 2 : 4
        let needed = try fixture.edge.manifest.upToExit(at: depth, file: "edge").files.map(\.path)
        #expect(
          try RegistryFixture.files(target).keys.sorted()
            == (needed + [ArtifactLayout.manifest]).sorted())
        let opened = try Artifact(opening: target, upToExit: depth)
        #expect(try opened.damagedFiles().isEmpty)
        // More of it later: what is there is taken over.
        registry.forget()
        _ = try await RegistryFixture.pull(reference, into: target) { $0.force = true }
        let blobs = registry.seen.filter { $0.method == "GET" && $0.path.contains("/blobs/") }
        #expect(blobs.count == fixture.edge.manifest.files.count - needed.count + 1)
      }
    }

    @Test func aCloudHasNoPart() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { _, address in
        let reference = try RegistryFixture.reference(address, "models/cloud:1")
        try await RegistryFixture.push(fixture.cloud, reference)
        for selection in [PullSelection.upToExit(2), .blocks(0..<4)] {
          let error = await refusal {
            try await RegistryFixture.pull(reference, into: fixture.scratch("part")) {
              $0.selection = selection
            }
          }
          #expect(error.contains("\(reference)"), "\(error)")
          #expect(!FileSystem.exists(fixture.scratch("part")))
        }
      }
    }
  }
#endif
