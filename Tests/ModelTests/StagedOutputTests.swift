import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Directories of a format that Storage knows nothing of.
@Suite struct StagedOutputTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Directories of a file "mark" and a file "data"; nothing is written into one with a file "closed".
  static let format = OutputFormat.directory(
    of: ["mark", "data"],
    closed: .init("box", plural: "boxes") { FileSystem.exists("\($0)/closed") },
    replaces: { FileSystem.exists("\($0)/mark") })

  private func staged(
    _ name: String, sources: [String] = [], force: Bool = false
  ) throws -> StagedOutput {
    let output = try StagedOutput(
      scratch(name), sources: sources, format: Self.format, force: force,
      registry: StagingRegistry())
    for file in ["mark", "data"] {
      var sink = try output.create(file)
      try sink.write(Array(name.utf8))
      _ = try sink.finish()
    }
    return output
  }

  private func refusal(_ name: String, sources: [String] = [], force: Bool = false) -> InputError? {
    #expect(throws: InputError.self) { try staged(name, sources: sources, force: force) }
  }

  @Test func aDirectoryIsThereOnceItIsPublished() throws {
    let output = try staged("new")
    #expect(!FileSystem.exists(scratch("new")))
    try output.publish()
    #expect(Scratch.entries(scratch.path) == ["new"])
    #expect(Scratch.entries(scratch("new")) == ["data", "mark"])
  }

  @Test func whatIsNotPublishedGoes() throws {
    do { _ = try staged("new") }
    #expect(Scratch.entries(scratch.path).isEmpty)
  }

  /// The lock of what is staged needs a descriptor, and so does removing it. In a process of its own, whose
  /// descriptors run out at every place.
  @Test func nothingIsLeftWhereDescriptorsRunOut() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let next = open("/dev/null", O_RDONLY)
      close(next)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      for free in 0..<4 {
        var few = limit
        few.rlim_cur = rlim_t(next) + rlim_t(free)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &few)
        for format in [StagedOutputTests.format, .file(replaces: { _ in true })] {
          _ = try? StagedOutput(
            scratch("new"), sources: [], format: format, force: false, registry: StagingRegistry())
        }
        let output = try? StagedOutput(
          scratch("new"), sources: [], format: StagedOutputTests.format, force: false,
          registry: StagingRegistry())
        _ = try? output?.create("mark").finish()
        _ = consume output
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        precondition(Scratch.entries(scratch.path).isEmpty, "with \(free) descriptors")
      }
    }
  }

  @Test func onlyTheSameFormatIsReplaced() throws {
    try staged("out").publish()
    #expect(refusal("out")?.advice == "Use --force to replace it.")
    try staged("out", force: true).publish()
    _ = try scratch.makeDirectory("other")
    try scratch.write("theirs", to: "file")
    for name in ["other", "file"] {
      let error = refusal(name, force: true)
      #expect(error?.found == "something of another kind")
      #expect(error?.expected == "a directory of the same format")
    }
    #expect(Scratch.entries(scratch.path) == ["file", "other", "out"])
  }

  @Test func nothingIsWrittenIntoAClosedDirectory() throws {
    _ = try scratch.makeDirectory("box")
    _ = try scratch.makeDirectory("box/inner")
    try scratch.write("", to: "box/closed")
    for name in ["box/new", "box/inner/new"] {
      let error = refusal(name)
      #expect(error?.found == "a target inside the box \(scratch("box"))")
      #expect(error?.expected == "a directory outside of boxes")
    }
  }

  @Test func aTargetIsApartFromItsSources() throws {
    let source = try scratch.makeDirectory("source")
    for name in ["source", "source/new"] {
      let error = refusal(name, sources: [source], force: true)
      #expect(error?.expected == "a directory apart from the sources")
    }
  }

  @Test func aLeftoverOfTheFormatIsRemoved() throws {
    for name in [".out.staging-dead00", ".out.staging-theirs"] {
      _ = try scratch.makeDirectory(name)
    }
    try scratch.write("half", to: ".out.staging-dead00/data")
    try scratch.write("theirs", to: ".out.staging-theirs/note")
    try staged("out").publish()
    #expect(Scratch.entries(scratch.path) == [".out.staging-theirs", "out"])
  }

  @Test func allOrNone() throws {
    let first = try staged("first")
    let second = try staged("second")
    try scratch.write("theirs", to: "second")
    #expect(throws: (any Error).self) { try StagedOutput.publish([first, second]) }
    #expect(!FileSystem.exists(scratch("first")))
    #expect(FileSystem.kind(scratch("second")) == .regular)
  }
}
