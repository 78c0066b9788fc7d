#if Network
  import CleaveModel
  import CleaveRegistry
  import CleaveStorage
  import RegistrySupport
  import TestSupport
  import Testing

  /// modelpack-client, another client of CNCF ModelPack, on Debian's docker-registry (tools/golden/check_registry.py).
  @Suite(
    .enabled(if: DockerRegistry.isInstalled, "\(DockerRegistry.absence)"),
    .enabled(if: PythonJudge.installed != nil, "\(PythonJudge.absence)"), .timeLimit(.minutes(20)))
  struct ModelPackClientTests {
    private let fixture: RegistryFixture
    private let judge: PythonJudge

    init() throws {
      fixture = try RegistryFixture()
      judge = try #require(PythonJudge.installed)
    }

    @Test func itPullsWhatWePush() async throws {
      let registry = try DockerRegistry()
      let reference = try RegistryReference("\(registry.address)/models/edge:1")
      try RegistryFixture.sign(fixture.edge)
      try await RegistryFixture.push(fixture.edge, reference)
      let same = try await run("pull", reference, fixture.edge)
      #expect(same.isPassed, "\(same.text)")
      #expect(same.text.contains(fixture.edge.manifest.modelID))
      let other = try await run("pull", reference, fixture.cloud)
      #expect(!other.isPassed && other.text.contains("AssertionError"), "\(other.text)")
    }

    @Test func wePullWhatItPushes() async throws {
      let registry = try DockerRegistry()
      let reference = try RegistryReference("\(registry.address)/models/cloud:1")
      let pushed = try await run("push", reference, fixture.cloud)
      #expect(pushed.isPassed, "\(pushed.text)")
      let target = fixture.scratch("back")
      try await RegistryFixture.pull(reference, into: target)
      #expect(try RegistryFixture.files(target) == RegistryFixture.files(fixture.cloud.path))
    }

    private func run(
      _ action: String, _ reference: RegistryReference, _ bundle: Artifact
    ) async throws -> PythonJudge.Verdict {
      try await judge.run("check_registry.py", [action, "\(reference)", bundle.path])
    }
  }
#endif
