import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// `training-data.json`: which contents exits were trained on.
@Suite struct TrainingDataRecordTests {
  private let scratch: Scratch
  private let model: Artifact
  private static let one = FileDigest(of: Array("one".utf8)).sha256
  private static let two = FileDigest(of: Array("two".utf8)).sha256

  init() throws {
    scratch = try Scratch()
    model = try TinyArtifact.make(in: scratch)
  }

  /// The model with a file of this text.
  private func artifact(_ text: String) throws -> Artifact {
    let writer = try ArtifactWriter(target: scratch("trained"), sources: [], force: true)
    for file in model.manifest.files { try writer.link(file.path, from: model) }
    try writer.write(Array(text.utf8), to: ArtifactLayout.trainingData)
    _ = try writer.finish(model.manifest)
    return try Artifact(opening: scratch("trained"))
  }

  @Test func whatIsWrittenIsRead() throws {
    let record = TrainingDataRecord(trained: [Self.one], heldOut: [Self.two])
    let artifact = try artifact(record.json.text())
    #expect(try artifact.trainingData() == record)
    #expect(record.trained == [String(Self.one.prefix(32))])
    #expect(record.contains(sha256: Self.one) && record.contains(sha256: Self.two))
    #expect(!record.contains(sha256: FileDigest(of: [3]).sha256))
    // It says nothing of what the model computes.
    #expect(artifact.manifest.modelID == model.manifest.modelID)
    #expect(try model.trainingData() == nil)
  }

  /// Contents are written in one order, whatever that of the texts: the same training gives the same bytes.
  @Test func theListsAreInOrder() throws {
    let digests = (0..<50).map { FileDigest(of: [$0]).sha256 }
    let texts = [digests, digests.reversed()].map {
      TrainingDataRecord(trained: $0, heldOut: []).json.text()
    }
    #expect(texts[0] == texts[1])
  }

  @Test(arguments: [
    (#""cleave.training-data""#, #""cleave.capture""#, "schema: found"),
    (#""trained""#, #""train""#, "no \"trained\""),
    (#""held_out""#, #""held""#, "no \"held_out\""),
    (#""held_out":"#, #""held_out": {}, "more":"#, "held_out: found"),
    (#""7692c3ad"#, #""7692C3AD"#, "32 hexadecimal digits"),
    (#""7692c3ad"#, #""7692c3a"#, "32 hexadecimal digits"),
    (#""7692c3ad"#, #""7692c3ag"#, "32 hexadecimal digits"),
    (#""7692c3ad"#, #""7692c3ad0"#, "trained[0]: found"),
    ("}", "", "training-data.json"),
  ])
  func whatCannotBeIsRefused(_ old: String, _ new: String, _ message: String) throws {
    let text = TrainingDataRecord(trained: [Self.one], heldOut: []).json.text()
    let damaged = text.replacing(old, with: new)
    #expect(damaged != text)
    let artifact = try artifact(damaged)
    let error = #expect(throws: InputError.self) { try artifact.trainingData() }
    #expect(error?.file == scratch("trained/training-data.json"))
    #expect(error.map { "\($0)" }?.contains(message) == true, "\(String(describing: error))")
  }

  /// It is the whole model's: a device need not know what others said to it.
  @Test(arguments: ["edge", "cloud"]) func bundlesHoldNone(role: String) throws {
    let scratch = try Scratch()
    _ = try TinyModel.q4_1.bundles(exits: [2], into: scratch)
    try scratch.write("{}", to: "\(role)/training-data.json")
    var manifest = try Artifact(opening: scratch(role)).manifest
    manifest.files.append(
      FileRecord(
        path: ArtifactLayout.trainingData, digest: FileDigest(of: Array("{}".utf8)), tensors: []))
    manifest.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    try scratch.write(manifest.json.text(), to: "\(role)/manifest.json")
    let error = #expect(throws: InputError.self) { try Artifact(opening: scratch(role)) }
    #expect(error?.found == "\"training-data.json\"")
  }
}
