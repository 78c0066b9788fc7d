import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Tests `cleave export gguf --split-size`.
@Suite struct GGUFSplitExportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func export(
    _ size: Int, to name: String = "m.gguf", force: Bool = false
  ) throws -> GGUFExport.Result {
    if !FileSystem.exists(scratch("model")) {
      _ = try Importer(source: Golden.path(TinyModel.llama3.checkpoint), target: scratch("model"))
        .run()
    }
    var export = GGUFExport(source: scratch("model"), target: scratch(name))
    export.splitSize = size
    export.force = force
    return try export.run()
  }

  /// The gguf package has read parts of these very bytes (tools/golden/export_split.py).
  @Test func theGGUFPackageReadsTheParts() throws {
    let result = try export(200_000)
    let expected = try FileSystem.readJSON(Golden.path("export/split.json")).elements()
    #expect(result.files.count == expected.count && result.notes.isEmpty)
    for (file, judged) in zip(result.files, expected) {
      #expect(try FileSystem.name(of: file.path) == judged.required("name").string())
      #expect(try file.digest.sha256 == judged.required("sha256").string())
      #expect(file.digest.bytes <= 200_000)
    }
  }

  @Test(arguments: ["m.gguf", "m"]) func thePartsAreTheSameModel(target: String) throws {
    let result = try export(100_000, to: target)
    let names = result.files.map { FileSystem.name(of: $0.path) }
    #expect(names.first == "m-00001-of-00006.gguf" && names.count == 6)
    let again = try Importer(source: result.files[3].path, target: scratch("again")).run()
    let whole = try export(1_000_000, to: "whole.gguf").files[0].path
    let other = try Importer(source: whole, target: scratch("other")).run()
    #expect(again.modelID == other.modelID)
    #expect(again.provenance[0].inputs.map(\.name) == names)
  }

  @Test func aModelThatFitsIsOneFile() throws {
    let result = try export(1_000_000)
    #expect(result.files.map(\.path) == [scratch("m.gguf")])
    #expect(try GGUFFile(path: scratch("m.gguf"))["split.count"] == nil)
  }

  /// A tensor is never cut: each gets a file of its own if need be, and a note says so.
  @Test func aTensorThatIsLarger() throws {
    let result = try export(1)
    #expect(result.files.count == result.tensors)
    #expect(result.notes.count == 1 && result.notes[0].contains("a tensor is never cut"))
  }

  @Test func partsAreReplacedTogetherOrNotAtAll() throws {
    let first = try export(200_000)
    let last = try #require(first.files.last).path
    let name = FileSystem.name(of: last)
    #expect(throws: InputError.self) { try export(200_000) }
    try scratch.write("theirs", to: name)
    #expect(throws: InputError.self) { try export(200_000, force: true) }
    #expect(try FileDigest(ofFile: first.files[0].path) == first.files[0].digest)
    #expect(try readFile(last) == Array("theirs".utf8))
    try scratch.write(GGUFBuilder().bytes, to: name)
    #expect(try export(200_000, force: true).files.map(\.digest) == first.files.map(\.digest))
    #expect(try FileDigest(ofFile: last) == first.files.last?.digest)
    #expect(Scratch.entries(scratch.path).count == first.files.count + 1)
  }
}
