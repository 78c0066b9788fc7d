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

  /// What a killed process left goes with the next file of that name; not what a living one writes, another
  /// target's, and a directory.
  @Test func leftoversAreRemoved() throws {
    try scratch.write("half", to: ".file.staging-abc123")
    let others = [".file.staging-ABC", ".other.staging-abc123", ".file.staging-dir000"]
    for name in others.dropLast() { try scratch.write("theirs", to: name) }
    _ = try scratch.makeDirectory(others[2])
    _ = try write("text") {
      let staged = Scratch.entries(scratch.path).filter { !others.contains($0) }
      #expect(staged.count == 1 && staged != [".file.staging-abc123"])
      // A second writer leaves the first one's file alone.
      _ = try StagedOutput(
        scratch("file"), sources: [], format: .file(replaces: { _ in true }), force: false,
        registry: StagingRegistry())
      #expect(Scratch.entries(scratch.path).filter { !others.contains($0) } == staged)
    }
    #expect(Scratch.entries(scratch.path) == (others + ["file"]).sorted())
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

  /// Several files are placed together: if one cannot be, those before it are as they were.
  @Test(arguments: [false, true]) func severalFilesAreReplacedOrNone(fails: Bool) throws {
    let registry = StagingRegistry()
    let names = ["first", "second", "third"]
    try scratch.write("old", to: "first")
    let outputs = try names.map { name in
      let output = try StagedOutput(
        scratch(name), sources: [], format: .file(replaces: { _ in true }), force: true,
        registry: registry)
      _ = try output.write { try $0.write(Array(name.utf8)) }
      return output
    }
    if fails {
      _ = try scratch.makeDirectory("third")
      #expect(throws: InputError.self) { try StagedOutput.publish(outputs) }
      #expect(try readFile(scratch("first")) == Array("old".utf8))
      #expect(!FileSystem.exists(scratch("second")))
    } else {
      try StagedOutput.publish(outputs)
      for name in names { #expect(try readFile(scratch(name)) == Array(name.utf8)) }
      #expect(Scratch.entries(scratch.path) == names)
    }
  }
}
