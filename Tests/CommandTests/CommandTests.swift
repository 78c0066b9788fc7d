import CleaveStorage
import Foundation
import TestSupport
import Testing

/// The commands from end to end: what they print, and what they tell the shell.
@Suite(.serialized) struct CommandTests {
  private let checkpoint = Golden.path("tiny-llama3-f32")

  @Test func thePathFromCheckpointToVerifiedBundles() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("exits"), "--max-tokens", "8",
      "-q")
    #expect(verify.status == 0)
    let lines = verify.output.split(separator: "\n")
    #expect(lines.last == "VERIFIED")
    #expect(lines.contains("pass  exactness: 0 of 192 tokens differ over 24 prompts, exits off"))
    let json = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("exits"), "--max-tokens", "4",
      "-q", "--json"
    ).json()
    #expect(try json.required("verified").bool())
    #expect(try json.required("prompts").int() == 24)
    #expect(try json.required("model_id").string().count == 64)
    #expect(try json.required("checks").elements().count == 7)
  }

  @Test func verifyFailsWithOneAndSaysWhere() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    var bytes = try readFile(scratch("edge/weights/block-0001.safetensors"))
    bytes[bytes.count - 3] ^= 0x40
    try scratch.write(bytes, to: "edge/weights/block-0001.safetensors")
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("exits"), "-q")
    #expect(verify.status == 1)
    #expect(verify.output.contains("FAIL  hashes"))
    #expect(verify.output.contains("edge: weights/block-0001.safetensors"))
    #expect(verify.output.split(separator: "\n").last == "NOT VERIFIED")
  }

  @Test func badInputExitsWithTwoAndSaysWhatToDo() throws {
    let scratch = try Scratch()
    let missing = try Command("verify", scratch("a"), scratch("b"), "--model", scratch("c"))
    #expect(missing.status == 2)
    #expect(missing.errors.contains("nothing there; expected an artifact directory"))
    let nothing = try Command("import", scratch("none"), "-o", scratch("model"))
    #expect(nothing.status == 2)
    try Command.prepare(scratch)
    let existing = try Command("import", checkpoint, "-o", scratch("model"))
    #expect(existing.status == 2)
    #expect(existing.errors.contains("Use --force"))
    #expect(try Command("import", checkpoint, "-o", scratch("model"), "--force").status == 0)
    let role = try Command("run", scratch("cloud"), "-p", "x")
    #expect(role.status == 2 && role.errors.contains("found cloud"))
  }

  @Test(arguments: [
    ["import"], ["frobnicate"], ["exits", "add", "m", "--at", "x", "-o", "y"],
    ["run", "e", "-p", "x", "--threshold", "high"], ["run", "e", "-p", "x", "--top-p", "0"],
    ["verify", "a", "b", "--model", "c", "--max-tokens", "0"],
    ["export", "gguf", "m"],
    ["export", "gguf", "m", "-o", "o", "--split-size", "0"],
    ["export", "gguf", "m", "-o", "o", "--split-size", "9999999999999G"], ["eval", "m"],
    ["eval", "m", "--data", "t", "--windows", "0"],
    ["eval", "m", "--data", "t", "--window-length", "3"],
    ["quantize", "m", "--recipe", "q4_0"], ["quantize", "m", "--recipe", "q9", "-o", "x"],
    ["quantize", "m", "--recipe", "q4_0", "-o", "x", "--exits", "Q8_0"],
    ["run", "e", "-p", "x", "--system", "s"], ["run", "e", "-p", "x", "--threads", "0"],
  ])
  func wrongUsageExitsWithTwo(_ arguments: [String]) throws {
    let command = try Command(arguments)
    #expect(command.status == 2)
    #expect(command.errors.contains("Error:"))
    #expect(command.output.isEmpty)
  }

  @Test(arguments: [
    [], ["import"], ["exits"], ["exits", "add"], ["partition"], ["verify"], ["run"], ["inspect"],
    ["eval"], ["quantize"], ["imatrix"], ["export"], ["train"], ["exits", "eval"],
    ["export", "gguf"], ["export", "hf"], ["calibrate"], ["report"], ["serve"],
  ])
  func helpIsThere(_ command: [String]) throws {
    let help = try Command(command + ["--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("USAGE:"))
  }

  /// Options that only the run can check are refused by their names.
  @Test func aRunNamesTheOptionThatItCannotUse() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let edge = scratch("edge")
    for (arguments, text) in [
      (
        ["run", edge, "-p", "x", "--threshold", "0.1,0.2,0.3"],
        "--threshold: found 3 numbers; expected one, or one for each of the 2 exits"
      ),
      (
        ["run", edge, "-p", "x", "--cloud", scratch("cloud"), "--max-wait", "1"],
        "--max-wait: found a cloud that runs in this process"
      ),
      (
        ["run", edge, "-p", "x", "--cloud", scratch("cloud"), "--codec", "auto"],
        "--codec auto: found a cloud that runs in this process"
      ),
      (
        ["import", checkpoint, "-o", scratch("long"), "--context", "1000000"],
        "--context: found 1000000; expected from 1 to 512"
      ),
      (
        ["quantize", scratch("model"), "--recipe", "bf16", "--tensor", "x=F16", "--dry-run"],
        "--tensor x=F16: found no tensor of such a name"
      ),
    ] {
      let command = try Command(arguments)
      #expect(command.status == 2 && command.output.isEmpty)
      #expect(command.errors.contains("cleave: \(text)"), "\(command.errors)")
    }
  }

  @Test func quantizeSaysWhatItDoesAndDoesIt() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    // Rows of 48 and 56: no blocks at all fit, and that is said.
    let dry = try Command("quantize", scratch("exits"), "--recipe", "q4_k", "--dry-run")
    #expect(dry.status == 0)
    #expect(dry.output.contains("fallback: Q4_K -> F16, rows of 48: 37 tensors"))
    #expect(dry.output.contains("head; rows of 48 are not whole blocks of Q6_K"))
    #expect(dry.output.contains("bits per weight; edge "))
    let arguments = [
      "quantize", scratch("exits"), "--recipe", "bf16", "--tensor", "value=F16", "--threads", "2",
    ]
    let plan = try Command(arguments + ["--dry-run", "--json"]).json()
    #expect(Scratch.entries(scratch.path).sorted() == ["cloud", "edge", "exits", "model"])
    let made = try Command(arguments + ["-o", scratch("small"), "--json"]).json()
    #expect(
      try made.required("bytes").int() == plan.required("bytes").int()
        && made.required("model_id").string().count == 64)
    let inspect = try Command("inspect", scratch("small"), "--tensors")
    #expect(inspect.output.contains("quantize (cleave"))
    let run = try Command(
      "run", scratch("small"), "-p", "The small dog", "--max-tokens", "4", "--json")
    #expect(try run.json().required("tokens").elements().count == 4)
    let bundle = try Command("quantize", scratch("edge"), "--recipe", "q4_0", "--dry-run")
    #expect(bundle.status == 2 && bundle.errors.contains("found edge; expected model"))
    let nothing = try Command(arguments + ["--tensor", "nobody=F16", "--dry-run"])
    #expect(nothing.status == 2 && nothing.errors.contains("no tensor of such a name"))
  }

  @Test func inspectDescribesArtifactsAndCheckpoints() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let edge = try Command("inspect", scratch("edge"), "--tensors")
    #expect(edge.status == 0)
    for text in [
      "edge, llama, blocks 0..<4 of 6, exits after 2, 4", "partition", "blocks.3.attention.query",
      "untrained",
    ] {
      #expect(edge.output.contains(text), "\(text)")
    }
    for (path, text) in [
      ("tiny-llama3-f32", "Hugging Face directory"),
      ("tiny-llama3-f32/model.safetensors", "safetensors"),
      ("tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf", "GGUF version 3"),
    ] {
      let command = try Command("inspect", Golden.path(path))
      #expect(command.output.hasPrefix(text), "\(path)")
      _ = try Command("inspect", Golden.path(path), "--json").json()
    }
    #expect(try Command("inspect", scratch("nothing")).status == 2)
  }
}
