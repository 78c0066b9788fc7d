#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveStorage
  import TestSupport
  import Testing

  /// Manifests of registries that want something else written than a bundle.
  @Suite struct ManifestFaultTests {
    private let fixture: RegistryFixture

    init() throws { fixture = try RegistryFixture() }

    /// A change to the text of a manifest, and words of the error.
    struct Change: Sendable, CustomTestStringConvertible {
      let old: String
      let new: String
      let expected: String
      var testDescription: String { new }
    }

    static let changes = [
      Change(
        old: "vnd.oci.image.manifest.v1", new: "vnd.oci.image.index.v1",
        expected: "An index of several images"),
      Change(
        old: #""schemaVersion":2"#, new: #""schemaVersion":1"#, expected: "schemaVersion"),
      Change(
        old: "vnd.cncf.model.manifest", new: "vnd.example.other", expected: "the artifactType"),
      Change(
        old: #""artifactType":"application/vnd.cncf.model.manifest.v1+json","#, new: "",
        expected: "the artifactType"),
      Change(
        old: "model.weight.v1.raw", new: "model.weight.v1.tar", expected: "layers[1].mediaType"),
      Change(old: "sha256:", new: "sha512:", expected: "sha256: and 64"),
      Change(old: #""size":"#, new: #""size":-"#, expected: "config.size"),
      Change(old: #""size":"#, new: #""size":99999999999"#, expected: "config.size"),
      Change(old: #""size":"#, new: #""size":"a","x":"#, expected: "config.size"),
      Change(old: "manifest.json", new: "../manifest.json", expected: "two paths"),
      Change(old: #"{"schema"#, new: #"[{"schema"#, expected: "found"),
      Change(old: #""layers":["#, new: #""layers":[1,"#, expected: "layers[0]"),
      Change(
        old: #""layers":["#,
        new: #""x":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
          + #","layers":["#, expected: "more than 16 nested levels"),
      Change(
        old: #""annotations":{"org.cncf.model.filepath":"manifest.json""#,
        new: #""annotations":{"org.cncf.model.filepath":1"#, expected: "a string"),
    ]

    /// Pulls a manifest whose text was changed.
    private func refusal(of change: @escaping @Sendable (String) -> String) async throws -> String {
      let fixture = fixture
      return try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        registry.state.withLock { state in
          guard let manifest = state.manifests["models/edge"]?["1"] else { return }
          let text = change(String(decoding: manifest.bytes, as: UTF8.self))
          state.manifests["models/edge"]?["1"] = .init(
            type: manifest.type, bytes: Array(text.utf8))
        }
        return await RegistryTests.refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        }
      }
    }

    @Test(arguments: changes)
    func aManifestThatIsNoneIsRefused(change: Change) async throws {
      let error = try await refusal { text in
        text.replacing(change.old, with: change.new, maxReplacements: 1)
      }
      #expect(error.contains(change.expected), "\(error)")
      #expect(!FileSystem.exists(fixture.scratch("back")))
    }

    @Test(arguments: ["/etc/passwd", "../up", "weights/../../up", "a/b/c", "", ".", "weights/"])
    func aPathOutOfTheBundleIsRefused(path: String) async throws {
      let error = try await refusal { text in
        text.replacing("weights/block-0001.safetensors", with: path)
      }
      #expect(error.contains("a path inside of the bundle"), "\(error)")
    }

    @Test func filesThatTheBundleDoesNotListAreRefused() async throws {
      let strange = try await refusal { text in
        text.replacing("weights/block-0001.safetensors", with: "weights/strange.safetensors")
      }
      #expect(strange.contains("weights/block-0001.safetensors: found no such layer"), "\(strange)")
      let twice = try await refusal { text in
        text.replacing("weights/block-0001.safetensors", with: "weights/block-0000.safetensors")
      }
      #expect(twice.contains("twice"), "\(twice)")
      let other = try #require(fixture.edge.manifest.file(ArtifactLayout.tokenizer)).digest.sha256
      let swapped = try await refusal { text in
        text.replacing(other, with: String(repeating: "0", count: 64))
      }
      #expect(swapped.contains("tokenizer.json: found"), "\(swapped)")
      let more = try await refusal { text in
        text.replacing(
          #""layers":["#,
          with:
            #""layers":[{"mediaType":"application/vnd.cncf.model.weight.v1.raw","digest":"sha256:"#
            + other + #"","size":3,"annotations":{"org.cncf.model.filepath":"more.bin"}},"#)
      }
      #expect(more.contains("only files that the bundle's manifest.json lists"), "\(more)")
    }

    @Test func moreLayersThanAnyBundleHasAreRefused() async throws {
      let layer =
        #"{"mediaType":"application/vnd.cncf.model.weight.v1.raw","digest":"sha256:"#
        + String(repeating: "0", count: 64) + #"","size":1},"#
      let error = try await refusal { text in
        text.replacing(
          #""layers":["#, with: #""layers":["# + String(repeating: layer, count: 16_384))
      }
      #expect(error.contains("expected at most 16384 layers"), "\(error)")
    }

    @Test func aManifestThatIsTooLargeIsRefused() async throws {
      let error = try await refusal { text in
        text + String(repeating: " ", count: 4 << 20)
      }
      #expect(error.contains("more than 4194304 bytes"), "\(error)")
    }

    @Test func aManifestOfAnotherDigestIsRefused() async throws {
      let fixture = fixture
      try await FakeRegistry.serve { registry, address in
        let reference = try RegistryFixture.reference(address)
        try await RegistryFixture.push(fixture.edge, reference)
        registry.misbehave { seen, _ in
          seen.path.contains("/manifests/")
            ? .headers(["docker-content-digest": "sha256:" + String(repeating: "0", count: 64)])
            : nil
        }
        let error = await RegistryTests.refusal {
          try await RegistryFixture.pull(reference, into: fixture.scratch("back"))
        }
        #expect(error.contains("something between, changed it"), "\(error)")
        registry.behave()
        let absent = try RegistryFixture.reference(address, "models/edge:2")
        let missing = await RegistryTests.refusal {
          try await RegistryFixture.pull(absent, into: fixture.scratch("back"))
        }
        #expect(missing.contains("found nothing there"), "\(missing)")
      }
    }
  }
#endif
