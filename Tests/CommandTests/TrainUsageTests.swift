import TestSupport
import Testing

/// What `cleave train` refuses before it begins.
@Suite struct TrainUsageTests {
  @Test(arguments: [
    (["--at", "two"], "--at two: expected depths with commas"),
    (["--at", "2,"], "expected depths with commas"),
    (["--body", "lens"], "--body lens: expected norm, affine"),
    (["--body", "mlp,mlp,mlp"], "expected one body, or one for each of 2,4"),
    (["--init", "first"], "expected auto, last, next or a block of the model"),
    (["--init", "4,"], "expected auto, last"),
    (["--init=-1"], "expected auto, last"),
    (
      ["--init", "auto", "--body", "affine"],
      "--init auto is for exits with a tail; affine has none"
    ),
    (
      ["--fit", "--body", "tail:1"],
      "--fit: tail:1 has nothing to fit; expected an affine body or map"
    ),
    (
      ["--feedback", "--body", "mlp"],
      "--feedback with the body mlp in the first exit: expected a tail"
    ),
    (["--store", "q4_0"], "--store q4_0: expected one of bf16, f16, f32, q8_0"),
    (["--rate", "0"], "--rate 0.0: expected above 0 and below 1"),
    (["--map-rate", "1.5"], "--map-rate 1.5: expected from 0 to 1"),
    (["--exit-weights", "1"], "--exit-weights: found 1, expected one for each of 2 exits"),
    (["--exit-weights", "1,x"], "1,x: expected numbers above 0 with commas, at most 1000 each"),
    (["--exit-weights", "0,1"], "0,1: expected numbers above 0"),
    (["--rate", "nan"], "--rate nan: expected above 0 and below 1"),
    (["--time-budget", "20"], "20: expected a time as in 90s, 20m or 1h"),
    (["--time-budget", "0s"], "0s: expected a time"),
    (["--time-budget=-3m"], "expected a time"),
    (["--time-budget", "1e300h"], "1e300h: expected a time"),
    (["--steps", "0"], "--steps 0: expected 1 to 10000000"),
    (["--epochs", "0"], "--epochs 0.0"),
    (["--batch-tokens", "8"], "--batch-tokens 8: expected 16 to 65536"),
    (["--accumulation", "0"], "--accumulation 0: expected 1 to 1024"),
    (["--answer-share", "1.1"], "--answer-share 1.1: expected 0 to 1"),
    (["--focus=-1"], "--focus -1.0: expected 0 to 8"),
    (["--negatives", "0"], "--negatives 0: expected at least 1"),
    (["--exit-vocabulary", "0"], "--exit-vocabulary 0: expected at least 1"),
    (["--teacher-tokens", "0"], "--teacher-tokens 0: expected 1 to 4096"),
    (["--precision", "fp8"], "'bf16' and 'float32'"),
    (["--snapshot-every=-1"], "--snapshot-every -1.0: expected"),
    (["--capture", "c"], "expected --data and --prompts to learn from, or --capture alone"),
    (["--capture-limit", "0"], "--capture-limit 0.0: expected more than 0"),
  ])
  func wrongUsageExitsWithTwo(_ more: [String], text: String) throws {
    // The last of two wins.
    let command = try Command(["train", "m", "--at", "2,4", "--data", "d", "-o", "x"] + more)
    #expect(command.status == 2 && command.output.isEmpty)
    #expect(command.errors.contains(text), "\(command.errors)")
  }

  @Test func somethingToLearnFromIsNeeded() throws {
    let none = try Command("train", "m", "--at", "2", "-o", "x")
    #expect(none.status == 2 && none.errors.contains("or --capture alone"), "\(none.errors)")
    #expect(none.errors.contains("--self-prompt 2000 lets the model write its own"))
    let part = try Command(
      "train", "m", "--at", "2", "--data", "d", "--self-prompt-top-k", "3", "-o", "x")
    #expect(part.status == 2 && part.errors.contains("--self-prompt writes: expected both"))
    for more in [["--exclude", "f:q"], ["--self-generate", "9"]] {
      let both = try Command(["train", "m", "--at", "2", "--capture", "c", "-o", "x"] + more)
      #expect(both.status == 2 && both.errors.contains("captured"), "\(both.errors)")
    }
  }

  @Test func theHelpSaysWhatThereIs() throws {
    let help = try Command("train", "--help")
    #expect(help.status == 0)
    // Lines end where they must.
    let words = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for text in [
      "--replace", "--self-generate", "--time-budget", "--capture", "--store", "tail:N",
      "produces the same bytes", "--init",
    ] {
      #expect(words.contains(text), "\(text)")
    }
    #expect(!help.output.contains("snapshot-every"))
  }

  /// What only the model can tell.
  @Test func exitsTheModelCannotHave() throws {
    let data = try TrainCommandData()
    for (more, text) in [
      (["--at", "4,2"], "found depths [4, 2]; expected rising depths"),
      (["--at", "2,2"], "found depths [2, 2]"),
      (["--at", "0,2"], "found depth 0; expected at least 1"),
      (["--at", "2,6"], "expected less than the model's 6 blocks"),
      (["--threshold=-1"], "found threshold -1.0"),
      (["--body", "mlp"], "found mlp that reads previous; expected a tail"),
      (
        ["--longest", "600"],
        "--longest: found 600 tokens; expected at most the model's context, 512"
      ),
      (["--longest", "16"], "--longest: found 16 tokens"),
      (["--self-generate", "0"], "--self-generate: found 0"),
      (["--held-out-one-in", "1"], "expected one in at least 2"),
      (["--sampled-share", "2"], "--sampled-share: found 2.0"),
      (["--prompts", "none"], "--prompts: found \"none\"; expected FILE:FIELD"),
      (["--prompts", "f:q:none"], "--prompts: \"none\": found {q} 0 times"),
      (["--exclude", "none"], "--exclude: found \"none\"; expected FILE:FIELD"),
      (["--data", data.scratch("nothing")], "nothing: "),
    ] {
      let command = try Command(data.train("out", more))
      #expect(command.status == 2 && command.output.isEmpty)
      #expect(command.errors.contains(text), "\(more): \(command.errors)")
    }
    #expect(
      Scratch.entries(data.scratch.path).allSatisfy { $0 != "out" && !$0.contains("staging") })
    #expect(
      try Command(
        "exits", "add", data.scratch("model"), "--at", "2", "-o", data.scratch("exits")
      ).status == 0)
    var arguments = data.train("out", [])
    arguments[1] = data.scratch("exits")
    let exits = try Command(arguments)
    #expect(exits.status == 2)
    #expect(exits.errors.contains("exits: found 1 of them already; expected a model without exits"))
  }
}
