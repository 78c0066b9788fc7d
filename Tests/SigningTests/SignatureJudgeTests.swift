import CleaveModel
import CleaveSigning
import CleaveStorage
import TestSupport
import Testing

/// The model-signing package beside ours, both ways (tools/golden/signing.py).
@Suite(
  .enabled(if: PythonJudge.installed != nil, "\(PythonJudge.absence)"), .timeLimit(.minutes(20)))
struct SignatureJudgeTests {
  private let artifact: Artifact
  private let scratch: Scratch
  private let judge: PythonJudge

  init() throws {
    scratch = try Scratch()
    artifact = try TinyModel.q4_1.imported(into: scratch)
    judge = try #require(PythonJudge.installed)
  }

  private func verdict(key: String = "key.pub") async throws -> PythonJudge.Verdict {
    try await judge.run(
      "signing.py", ["--check", artifact.path, Golden.path("signing/\(key)")])
  }

  @Test func whatWeSignThePackageVerifies() async throws {
    let key = try SigningKey(path: Golden.path("signing/key.pem"))
    _ = try ModelSigner(artifact, key: key).sign()
    let ours = try await verdict()
    #expect(ours.isPassed, "\(ours.text)")
    let other = try await verdict(key: "other.pub")
    #expect(!other.isPassed, "\(other.text)")

    var bytes = try readFile("\(artifact.path)/manifest.json")
    bytes[bytes.count / 2] ^= 1
    try scratch.write(bytes, to: "model/manifest.json")
    let changed = try await verdict()
    #expect(!changed.isPassed && changed.text.contains("manifest.json"), "\(changed.text)")
  }

  @Test func whatThePackageSignsWeTake() async throws {
    let theirs = try await judge.run(
      "signing.py", ["--sign", artifact.path, Golden.path("signing/key.pem")])
    #expect(theirs.isPassed, "\(theirs.text)")
    let trusted = try TrustedKey(path: Golden.path("signing/key.pub"))
    #expect(try SignatureCheck(artifact.path, key: trusted).run() == [])
    let file = try #require(artifact.manifest.files.first)
    try scratch.write("changed", to: "model/\(file.path)")
    #expect(try SignatureCheck(artifact.path, key: trusted).run() == [.changed(file.path)])
  }
}
