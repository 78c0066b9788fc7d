import CleaveModel
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Staged files: a file is there whole or not at all.
@Suite struct StagedFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private struct Stop: Error {}

  private func write(
    _ text: String, force: Bool = false, registry: StagingRegistry = StagingRegistry(),
    then: () throws -> Void = {}
  ) throws -> FileDigest {
    try StagedOutput.writeFile(
      scratch("file"), sources: [], format: .file(replaces: { _ in true }), force: force,
      registry: registry
    ) {
      try $0.write(Array(text.utf8))
      try then()
    }
  }

  @Test func theFileAndItsDigest() throws {
    let digest = try write("text") {
      #expect(!FileSystem.exists(scratch("file")))
      #expect(Scratch.entries(scratch.path).count == 1)
    }
    #expect(try readFile(scratch("file")) == Array("text".utf8))
    #expect(try digest == FileDigest(ofFile: scratch("file")))
    #expect(Scratch.entries(scratch.path) == ["file"])
    #expect(access(scratch("file"), W_OK) == 0)
  }

  @Test func anErrorLeavesNothing() throws {
    #expect(throws: Stop.self) { try write("text") { throw Stop() } }
    #expect(Scratch.entries(scratch.path).isEmpty)
  }

  @Test func aSignalLeavesNothing() throws {
    let registry = StagingRegistry()
    #expect(throws: OutputError.self) {
      try write("text", registry: registry) {
        registry.abandonAll()
        #expect(Scratch.entries(scratch.path).isEmpty)
      }
    }
    #expect(throws: OutputError.self) { try write("text", registry: registry) }
    #expect(Scratch.entries(scratch.path).isEmpty)
  }

  /// A file that another process puts at the target while the new one is written.
  @Test func aFileThatAppearsMeanwhileIsKept() throws {
    #expect(throws: InputError.self) {
      try write("text") { try scratch.write("theirs", to: "file") }
    }
    #expect(try readFile(scratch("file")) == Array("theirs".utf8))
    _ = try write("text", force: true)
    #expect(try readFile(scratch("file")) == Array("text".utf8))
  }
}
