import CleaveStorage
import TestSupport
import Testing

/// Exits with bodies, from the command line.
@Suite struct ExitCommandTests {
  @Test func tailsInPlaceOfBlocksFromEndToEnd() throws {
    let scratch = try Scratch()
    let checkpoint = Golden.path("tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf")
    #expect(try Command("import", checkpoint, "-o", scratch("model"), "-q").status == 0)
    let add = try Command(
      "exits", "add", scratch("model"), "--at", "2,4", "--body", "tail:2,tail:1", "--replace",
      "--init", "next", "-o", scratch("exits"))
    #expect(add.status == 0, "\(add.errors)")
    let inspect = try Command("inspect", scratch("exits")).output
    #expect(inspect.contains("after 2 blocks: tail:2, max_probability from 0.9"))
    #expect(inspect.contains("after 4 blocks: tail:1 on the exit before, max_probability from 0.9"))
    let partition = try Command(
      "partition", scratch("exits"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(
      partition.output.contains(
        "All 6 blocks are held; none of them by both. "
          + "The edge's exits have 3 blocks of their own beside."))
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("exits"), "--max-tokens", "8",
      "-q")
    #expect(verify.status == 0)
    #expect(verify.output.contains("edge holds blocks 0..<2 and 3 in tails, cloud 2..<6"))
  }

  @Test(arguments: [
    (["--body", "lens"], "--body lens: expected norm, affine"),
    (["--body", "tail:1,"], "--body : expected norm"),
    (["--init", "next"], "--init is for exits with a tail; --body norm has none"),
    (
      ["--init", "first", "--body", "tail:1"],
      "'first' is invalid for '--init <blocks>': expected auto, last, next or a block of the model"
    ),
  ])
  func wrongUsageExitsWithTwo(_ arguments: [String], text: String) throws {
    let command = try Command(["exits", "add", "m", "--at", "2,4", "-o", "x"] + arguments)
    #expect(command.status == 2)
    #expect(command.errors.contains(text), "\(command.errors)")
  }
}
