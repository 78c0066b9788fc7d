import CleaveBuild
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// The documents that a build writes into its bundles.
@Suite struct BuildDocumentTests {
  private let fixture: BuildFixture

  init() throws { fixture = try BuildFixture() }

  @Test func bundlesHaveDocumentsWithTheSameBytesEachTime() async throws {
    try fixture.scratch.write("---\nlicense: mit\n---\n", to: "checkpoint/README.md")
    let recipe = try fixture.recipe()
    let result = try await fixture.make("out", recipe)
    try await fixture.make("again", recipe, cache: "cache-two", threads: 1)
    for bundle in ["edge", "cloud"] {
      let artifact = try Artifact(opening: fixture.scratch("out/\(bundle)"))
      #expect(try artifact.strayEntries().isEmpty && artifact.damagedFiles().isEmpty)
      #expect(artifact.manifest.sourceLicense == StatedLicense(identifier: "mit"))
      for name in ArtifactLayout.documents {
        #expect(
          try readFile(fixture.scratch("out/\(bundle)/\(name)"))
            == readFile(fixture.scratch("again/\(bundle)/\(name)")), "\(bundle)/\(name)")
      }
    }
    let statement = try FileSystem.readJSON(fixture.scratch("out/edge/provenance.json"))
    let definition = try statement.required("predicate").required("buildDefinition")
    let stages = try definition.required("internalParameters").list("stages") {
      try $0.required("sha256").string()
    }
    #expect(stages == result.stages.map(\.entry.digest))
    let read = try definition.list("resolvedDependencies") { try $0.required("name").string() }
    #expect(Set(read).isSuperset(of: ["config.json", "train.jsonl", "calibrate.jsonl"]))
    let card = String(decoding: try readFile(fixture.scratch("out/edge/README.md")), as: UTF8.self)
    #expect(card.contains("license: \"mit\"") && card.contains("## Promise"))
  }

  /// The packages of CycloneDX and in-toto (tools/golden/provenance.py) judge the documents of both bundles.
  @Test(
    .enabled(if: PythonJudge.installed != nil, "\(PythonJudge.absence)"), .timeLimit(.minutes(20)))
  func otherToolsTakeTheDocuments() async throws {
    let judge = try #require(PythonJudge.installed)
    try await fixture.make("out", try fixture.recipe())
    for bundle in ["edge", "cloud"] {
      let verdict = try await judge.run("provenance.py", [fixture.scratch("out/\(bundle)")])
      #expect(verdict.isPassed, "\(bundle): \(verdict.text)")
      for text in ["model card", "CycloneDX 1.6", "in-toto statement"] {
        #expect(verdict.text.contains(text), "\(bundle): \(verdict.text)")
      }
    }
    for (name, from, to) in [
      ("bom.cdx.json", "\"machine-learning-model\"", "\"a-model\""),
      ("provenance.json", "\"subject\"", "\"object\""),
      ("README.md", "library_name: cleave", "library_name: other"),
    ] {
      let before = try readFile(fixture.scratch("out/edge/\(name)"))
      try fixture.scratch.edit("out/edge/\(name)", from, to)
      let verdict = try await judge.run("provenance.py", [fixture.scratch("out/edge")])
      #expect(!verdict.isPassed, "\(name): \(verdict.text)")
      try fixture.scratch.write(before, to: "out/edge/\(name)")
    }
  }

  @Test(arguments: [
    ("x", "found no address"), ("a b:c", "found no address"), ("https://a/\u{1b}", "no address"),
  ])
  func aBuilderIsAnAddress(builder: String, expected: String) throws {
    let error = #expect(throws: SettingError.self) {
      try BuildRelease(builder: builder, environment: [:])
    }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["yesterday", "-1", "1e3", "999999999999"])
  func aDateIsANumberOfSeconds(text: String) throws {
    #expect(throws: SettingError.self) {
      try BuildRelease(builder: nil, environment: ["SOURCE_DATE_EPOCH": text])
    }
    let release = try BuildRelease(
      builder: "https://ci.example.com/7", environment: ["SOURCE_DATE_EPOCH": "86400"])
    #expect(release.date == 86400)
  }
}
