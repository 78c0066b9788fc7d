import CleaveModel
import Foundation
import TestSupport
import Testing

/// `cleave exits fit`, as a person runs it.
@Suite struct ExitsFitCommandTests {
  private let data: TrainCommandData
  private var scratch: Scratch { data.scratch }

  init() throws { data = try TrainCommandData() }

  private func fit(_ output: String, _ more: [String]) -> [String] {
    [
      "exits", "fit", scratch("model"), "--at", "2,4", "--replace", "--prompts",
      scratch("prompts.jsonl") + ":text", "--self-generate", "16", "--longest", "96",
      "--held-out-one-in", "4", "--batch-tokens", "128", "--threads", "2", "-o", scratch(output),
    ] + (more.contains("--body") ? [] : ["--body", "affine+tail:1"]) + more
  }

  @Test func fittedExitsFromEndToEnd() throws {
    let command = try Command(fit("out", ["--init", "auto", "--json", "-q"]))
    #expect(command.status == 0 && command.errors.isEmpty, "\(command.errors)")
    let json = try command.json()
    let exits = try json.required("exits").elements()
    #expect(try exits.map { try $0.required("depth").int() } == [2, 4])
    for exit in exits {
      for key in ["held_out_before", "held_out"] {
        #expect(try exit.required(key).required("tokens").int() > 10)
      }
    }
    #expect(try json.required("maps").elements().count == 2)
    let chain = try #require(try json.required("init").elements().first)
    let chosen = try chain.required("chosen").int()
    #expect(try chain.required("candidates").elements().count == 3)
    #expect(try exits[0].required("record").required("copies").int() == chosen)
    let partition = try Command(
      "partition", scratch("out"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(partition.status == 0, "\(partition.errors)")
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("out"), "--max-tokens", "8",
      "-q")
    #expect(verify.status == 0, "\(verify.output)")
    try data.write([data.texts[3]], to: "seen.jsonl")
    let refused = try Command(
      "exits", "eval", scratch("out"), "--prompts", scratch("seen.jsonl") + ":text", "-q")
    #expect(refused.status == 2 && refused.errors.contains("were not trained on"))
  }

  @Test func theReportIsForPeople() throws {
    let command = try Command(fit("out", ["--init", "3", "--body", "affine:9+tail:1,tail:1"]))
    #expect(command.status == 0, "\(command.errors)")
    for text in [
      "exit 2: map to the hidden states at depth 3, fitted on ",
      "exit 2, affine:9+tail:1, not fitted: agreement ", "exit 4, tail:1, fitted: agreement ",
      "; temperature ", "not calibrated",
    ] {
      #expect(command.output.contains(text), "\(text) in \(command.output)")
    }
    #expect(command.errors.contains("capture takes "), "\(command.errors)")
    let inspect = try Command("inspect", scratch("out")).output
    #expect(inspect.contains("after 2 blocks: affine:9+tail:1"), "\(inspect)")
    // The capture is enough for training.
    let train = try Command(
      "train", scratch("model"), "--at", "2", "--body", "affine+tail:1", "--init", "auto",
      "--capture",
      scratch("out.fit/capture"), "--steps", "2", "--batch-tokens", "128", "-o", scratch("trained"))
    #expect(train.status == 0, "\(train.errors)")
    #expect(train.errors.contains("tails of exit 2 begin as copies of the blocks marked *"))
    #expect(train.errors.contains("of their variance unexplained"), "\(train.errors)")
  }

  @Test(arguments: [
    (["--body", "tail:2"], "--body tail:2 has nothing to fit: expected an affine body, or a map"),
    (
      ["--init", "auto", "--body", "affine"],
      "--init auto is for exits with a tail; affine has none"
    ),
    (["--feedback", "--body", "affine"], "--feedback with the body affine in the first exit"),
    (["--store", "q4_0"], "--store q4_0: expected one of bf16, f16, f32, q8_0"),
    (["--batch-tokens", "8"], "--batch-tokens 8: expected 16 to 65536"),
    (["--capture", "c"], "expected --data and --prompts to learn from, or --capture alone"),
    (["--steps", "3"], "Unknown option '--steps'"),
  ])
  func wrongUsageExitsWithTwo(_ more: [String], text: String) throws {
    let command = try Command(
      ["exits", "fit", "m", "--at", "2,4", "--data", "d", "-o", "x"] + more)
    #expect(command.status == 2 && command.output.isEmpty)
    #expect(command.errors.contains(text), "\(command.errors)")
  }

  @Test func autoNeedsTexts() throws {
    let add = try Command(
      "exits", "add", "m", "--at", "2", "--body", "tail:1", "--init", "auto", "-o", "x")
    #expect(add.status == 2)
    #expect(add.errors.contains("expected exits fit or train, which have texts"), "\(add.errors)")
  }
}
