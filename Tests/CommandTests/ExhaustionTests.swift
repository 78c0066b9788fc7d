import TestSupport
import Testing

/// What commands do where the system gives them no more: they say so, and leave nothing.
@Suite struct ExhaustionTests {
  private let checkpoint = Golden.path("tiny-tied-bf16-sharded")

  /// Without a handler the kernel kills who writes more (SIGXFSZ).
  @Test func aFileLargerThanTheLimit() throws {
    let scratch = try Scratch()
    let result = try Command.shell("import \(checkpoint) -o \(scratch("model"))", limit: "-f 1")
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.errors.contains("cannot write: File too large"), "\(result.errors)")
    #expect(Scratch.entries(scratch.path).isEmpty)
  }

  /// Libraries end the process without a word where they get none; more than that are asked for at first.
  @Test func hardlyAnyDescriptors() throws {
    let scratch = try Scratch()
    for count in [6, 10] {
      let result = try Command.shell(
        "import \(checkpoint) -o \(scratch("model"))", limit: "-n \(count)")
      #expect(result.status == 2, "\(result.errors)")
      #expect(result.errors.contains("expected at least 12. Raise the limit"), "\(result.errors)")
    }
    let enough = try Command.shell(
      "import \(checkpoint) -o \(scratch("model"))", limit: "-n 24")
    #expect(enough.status == 0, "\(enough.errors)")
  }

  #if Network
    /// The network's event loops end the process where they cannot be made.
    @Test func hardlyAnyDescriptorsForTheNetwork() throws {
      let scratch = try Scratch()
      try Command.prepare(scratch)
      for line in [
        "pull 127.0.0.1:1/models/edge:new \(scratch("pulled")) --plain-http",
        "run \(scratch("edge")) --cloud 127.0.0.1:1 -p x", "serve \(scratch("cloud"))",
        "serve \(scratch("edge")) --api 127.0.0.1:0",
      ] {
        let result = try Command.shell(line, limit: "-n 18")
        #expect(result.status == 2, "\(line): \(result.errors)")
        #expect(
          result.errors.contains("more that this process may open"), "\(line): \(result.errors)")
      }
    }
  #endif

  /// Where threads could not start, the system would retry for ever; a command asks for their memory at first.
  @Test func hardlyAnyMemory() throws {
    let scratch = try Scratch()
    var refused = 0
    for megabytes in stride(from: 100, through: 20_000, by: 50) {
      let result = try Command.shell(
        "import \(checkpoint) -o \(scratch("model"))", limit: "-v \(megabytes * 1024)")
      if result.status == 0 { break }
      guard result.errors.contains("expected at least so much address space") else { continue }
      #expect(result.status == 2, "\(result.errors)")
      #expect(Scratch.entries(scratch.path).isEmpty)
      refused += 1
    }
    #expect(refused > 0)
    #expect(Scratch.entries(scratch.path) == ["model"])
  }

  /// OpenBLAS would ask for its buffers for ever.
  @Test func noMemoryForProducts() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let prompts = (0..<24).map { "{\"question\":\"\($0)?\"}" }.joined(separator: "\n")
    try scratch.write(prompts, to: "prompts.jsonl")
    let result = try Command.shell(
      "train \(scratch("model")) --at 2 --prompts \(scratch("prompts.jsonl")):question "
        + "--self-generate 4 --steps 1 --threads 100 -o \(scratch("trained"))",
      limit: "-v 20000000")
    #expect(result.status == 2, "\(result.errors)")
    #expect(
      result.errors.contains("for OpenBLAS's products on 100 threads. Use fewer threads"),
      "\(result.errors)")
    #expect(!Scratch.entries(scratch.path).contains { $0.hasPrefix("trained") })
  }

  /// The artifact of hours stands where only its report cannot be written: its name would be too long.
  @Test func aReportThatCannotBeWritten() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let prompts = (0..<24).map { "{\"question\":\"\($0)?\"}" }.joined(separator: "\n")
    try scratch.write(prompts, to: "prompts.jsonl")
    let name = String(repeating: "c", count: 235)
    let result = try Command(
      "calibrate", scratch("exits"), "--prompts", scratch("prompts.jsonl:question"),
      "--max-tokens", "4", "--risk", "0.3", "--delta", "0.3", "-o", scratch(name))
    #expect(result.status == 3, "\(result.errors)")
    #expect(
      result.errors.contains("is whole; for its report run cleave report"), "\(result.errors)")
    #expect(try Command("inspect", scratch(name)).status == 0)
  }
}
