import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// `cleave export gguf`, as a person runs it.
@Suite struct ExportCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    #expect(
      try Command("import", Golden.path("tiny-llama3-f32"), "-o", scratch("model"), "-q").status
        == 0)
    #expect(
      try Command("exits", "add", scratch("model"), "--at", "2,4", "-o", scratch("exits")).status
        == 0)
  }

  @Test func anExportIsImportedAgain() throws {
    let export = try Command("export", "gguf", scratch("exits"), "-o", scratch("out.gguf"))
    #expect(export.status == 0)
    #expect(export.output.contains("out.gguf: 6 blocks, 58 tensors, 494.9 kB"))
    #expect(try Command("import", scratch("out.gguf"), "-o", scratch("again"), "-q").status == 0)
    func text(_ artifact: String) throws -> String {
      try Command(
        "run", scratch(artifact), "-p", "The small dog", "--max-tokens", "24", "--json"
      ).json().required("text").string()
    }
    #expect(try text("again") == text("model"))
  }

  @Test func jsonSaysWhatWasWritten() throws {
    let json = try Command(
      "export", "gguf", scratch("exits"), "--exit", "2", "-o", scratch("out.gguf"), "--json", "-q"
    ).json()
    let digest = try FileDigest(ofFile: scratch("out.gguf"))
    #expect(try json.required("sha256").string() == digest.sha256)
    #expect(try json.required("bytes").int() == digest.bytes)
    #expect(try json.required("exit").int() == 2 && json.required("blocks").int() == 2)
    #expect(
      try json.required("model_id").string()
        == Artifact(opening: scratch("model")).manifest.modelID)
    #expect(try json.required("notes").elements().isEmpty)
  }

  /// With descriptors for 24 files, 58 parts of one tensor each are written and imported again.
  @Test func partsNeedNoDescriptorEach() throws {
    let export = try Command.shell(
      "export gguf \(scratch("exits")) --split-size 1K -o \(scratch("parts.gguf")) -q",
      limit: "-n 24")
    #expect(export.status == 0, "\(export.errors)")
    let first = scratch("parts-00001-of-00058.gguf")
    #expect(FileSystem.exists(first))
    #expect(try Command("import", first, "-o", scratch("again"), "-q").status == 0)
  }

  @Test func badInputExitsWithTwoAndWritesNothing() throws {
    let exit = try Command(
      "export", "gguf", scratch("exits"), "--exit", "3", "-o", scratch("out.gguf"))
    #expect(exit.status == 2 && exit.errors.contains("one of 2, 4"))
    #expect(!FileSystem.exists(scratch("out.gguf")))
    #expect(try Command("export", "gguf", scratch("exits"), "-o", scratch("exits")).status == 2)
    #expect(try Command("export", "gguf", scratch("exits"), "-o", "/proc/out.gguf").status == 3)
  }
}
