#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveSigning
  import CleaveStorage
  import Foundation
  import RegistrySupport
  import TestSupport
  import Testing

  /// Debian's docker-registry and skopeo, which know nothing of cleave.
  @Suite(.enabled(if: DockerRegistry.isInstalled, "\(DockerRegistry.absence)"))
  struct RealRegistryTests {
    private let fixture: RegistryFixture

    init() throws { fixture = try RegistryFixture() }

    @Test func bundlesGoThereAndBack() async throws {
      let registry = try DockerRegistry()
      try RegistryFixture.sign(fixture.edge)
      let edge = try RegistryReference("\(registry.address)/models/edge:1")
      let cloud = try RegistryReference("\(registry.address)/models/cloud:1")
      let pushed = try await RegistryFixture.push(fixture.edge, edge)
      #expect(pushed.uploadedFiles == pushed.files && pushed.signature != nil)
      let again = try await RegistryFixture.push(fixture.edge, edge)
      #expect(again.uploadedFiles == 0 && again.digest == pushed.digest)
      let mounted = try await RegistryFixture.push(fixture.cloud, cloud) {
        $0.mounts = ["models/edge"]
      }
      #expect(mounted.mountedFiles > 0)
      let key = try RegistryFixture.key()
      let pairs: [(RegistryReference, Artifact, TrustedKey?)] = [
        (edge, fixture.edge, key), (cloud, fixture.cloud, nil),
      ]
      for (reference, bundle, trust) in pairs {
        let target = fixture.scratch("\(bundle.manifest.role.rawValue)-back")
        try await RegistryFixture.pull(reference, into: target) { $0.trust = trust }
        #expect(
          try RegistryFixture.files(target) == RegistryFixture.files(bundle.path))
      }
    }

    @Test func aLoginAndTLSAreSpoken() async throws {
      let registry = try DockerRegistry(.encryptedWithLogin)
      let reference = try RegistryReference("\(registry.address)/models/edge:1")
      var access = RegistryAccess()
      access.authorities = Golden.path("tls/ca.pem")
      access.credential = .basic(user: "user", password: "secret")
      try await RegistryFixture.push(fixture.edge, reference, access: access)
      try await RegistryFixture.pull(reference, into: fixture.scratch("back"), access: access)
      #expect(
        try RegistryFixture.files(fixture.scratch("back"))
          == RegistryFixture.files(fixture.edge.path))

      access.credential = nil
      let nobody = await refusal {
        try await RegistryFixture.pull(reference, into: fixture.scratch("b"), access: access)
      }
      #expect(nobody.contains("it asks for a login"), "\(nobody)")
      access.authorities = nil
      let stranger = await refusal {
        try await RegistryFixture.pull(reference, into: fixture.scratch("b"), access: access)
      }
      #expect(stranger.contains("Give --tls-ca"), "\(stranger)")
      access.authorities = Golden.path("tls/server.key")
      let wrong = await refusal {
        try await RegistryFixture.pull(reference, into: fixture.scratch("b"), access: access)
      }
      #expect(wrong.contains("expected certificates in PEM"), "\(wrong)")
    }

    @Test(.enabled(if: DockerRegistry.tool("skopeo") != nil, "skopeo is not installed"))
    func skopeoReadsAndCopiesWhatIsPushed() async throws {
      let registry = try DockerRegistry()
      let reference = try RegistryReference("\(registry.address)/models/edge:1")
      let pushed = try await RegistryFixture.push(fixture.edge, reference)

      let raw = try skopeo("inspect", "--raw", "--tls-verify=false", "docker://\(reference)")
      #expect(FileDigest(of: raw) == pushed.digest)
      let manifest = try JSONNode(parsing: raw, file: "skopeo")
      let layers = try manifest.list("layers") { layer in
        try layer.required("annotations").required("org.opencontainers.image.title").string()
      }
      #expect(Set(layers) == Set(fixture.edge.manifest.files.map(\.path) + ["manifest.json"]))

      // A copy by skopeo is the same bundle.
      let copy = try RegistryReference("\(registry.address)/copies/edge:2")
      _ = try skopeo(
        "copy", "--src-tls-verify=false", "--dest-tls-verify=false", "docker://\(reference)",
        "docker://\(copy)")
      let pulled = try await RegistryFixture.pull(copy, into: fixture.scratch("back"))
      #expect(pulled.digest == pushed.digest)
      #expect(
        try RegistryFixture.files(fixture.scratch("back"))
          == RegistryFixture.files(fixture.edge.path))
    }

    private func skopeo(_ arguments: String...) throws -> [UInt8] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try #require(DockerRegistry.tool("skopeo")))
      process.arguments = arguments
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let bytes = output.fileHandleForReading.readDataToEndOfFile()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      return Array(bytes)
    }
  }
#endif
