import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// `cleave eval`, as a person runs it.
@Suite struct EvalCommandTests {
  private let data = Golden.path("evaluate/text.txt")
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    let directory = Golden.path("tiny-tied-bf16-sharded")
    #expect(try Command("import", directory, "-o", scratch("model"), "-q").status == 0)
    #expect(
      try Command("import", "\(directory)/tiny-tied.q8_0.gguf", "-o", scratch("q8_0"), "-q").status
        == 0)
  }

  /// The figures are those that tools/golden/evaluate.py had transformers make.
  @Test func theReportIsPrinted() throws {
    let report = try Command(
      "eval", scratch("q8_0"), "--data", data, "--reference", scratch("model"), "--windows", "9",
      "--window-length", "64", "--activations", "float32", "--kv-cache", "f32")
    #expect(report.status == 0)
    let words = report.output.split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    for line in [
      "text.txt: 9 windows of 64 tokens, 279 scored", "ln of the ratio -0.01628 0.01627",
      "divergence per token, nats 0.02559 0.00274", "same most probable token 90.68 % 1.56 %",
      "change of the token's probability, RMS 0.41 % 0.19 %",
      "Standard errors are clustered by window.",
    ] {
      #expect(words.contains(line), "\(line)")
    }
  }

  @Test func jsonSaysWhatWasMeasuredOnWhat() throws {
    let json = try Command(
      "eval", scratch("q8_0"), "--data", data, "--reference", scratch("model"), "--windows", "2",
      "--window-length", "100", "--json", "-q"
    ).json()
    let manifests = try ["q8_0", "model"].map { try Artifact(opening: scratch($0)).manifest }
    #expect(try json.required("model_id").string() == manifests[0].modelID)
    #expect(try json.required("reference_model_id").string() == manifests[1].modelID)
    let file = try json.required("data")
    #expect(try file.required("sha256").string() == FileDigest(ofFile: data).sha256)
    #expect(try file.required("name").string() == "text.txt")
    #expect(try json.required("scored_tokens").int() == 2 * 49)
    #expect(try json.required("windows").int() == 2)
    #expect(try json.required("standard_errors").string() == "clustered by window")
    let agreement = try json.required("reference").required("top_agreement")
    #expect(try (0.5...1).contains(agreement.required("value").number()))
    #expect(try agreement.required("standard_error").number() >= 0)
  }

  @Test func withoutAReferenceThereIsPerplexityAlone() throws {
    let arguments = [
      "eval", scratch("model"), "--data", data, "--windows", "1", "--window-length", "64",
    ]
    let json = try Command(arguments + ["--json"]).json()
    #expect(try json.optional("reference") == nil && json.optional("reference_model_id") == nil)
    let perplexity = try json.required("model").required("perplexity")
    #expect(try perplexity.required("value").number() > 1)
    #expect(try perplexity.optional("standard_error") == nil)
    let text = try Command(arguments).output
    #expect(text.contains("One window has none.") && !text.contains("divergence"))
  }

  /// All that fit are read when no number is given.
  @Test func allWindowsAreReadUnlessToldOtherwise() throws {
    let json = try Command(
      "eval", scratch("model"), "--data", data, "--window-length", "300", "--json", "-q"
    ).json()
    #expect(
      try json.required("windows").int() == json.required("data").required("tokens").int() / 300)
  }

  @Test func whatCannotBeMeasuredExitsWithTwo() throws {
    for (arguments, text) in [
      (["--window-length", "513"], "Give a smaller window length"),
      (["--windows", "1000"], "expected at least 1000"),
      (["--reference", scratch("nothing")], "nothing there"),
    ] {
      let command = try Command(["eval", scratch("model"), "--data", data] + arguments)
      #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
      #expect(command.output.isEmpty)
    }
  }

  /// The exits of a model on its own answers: figures for people and for machines.
  @Test func exitsAreMeasuredOnPrompts() throws {
    #expect(
      try Command(
        "exits", "add", scratch("q8_0"), "--at", "2,4", "--threshold", "0.5", "-o",
        scratch("exits")
      ).status == 0)
    try scratch.write("{\"q\":\"The dog\"}\n{\"q\":\"A cat\"}\n{\"q\":\" \"}\n", to: "p.jsonl")
    let arguments = [
      "exits", "eval", scratch("exits"), "--prompts", scratch("p.jsonl") + ":q:Say\\n{q}",
      "--plain", "--max-tokens", "8",
    ]
    let report = try Command(arguments)
    #expect(report.status == 0, "\(report.errors)")
    for text in [
      "2 prompts, ", "One after another, each at its threshold for 95 %:",
      "One after another, each at its own threshold:", "clustered by prompt",
    ] {
      #expect(report.output.contains(text), "\(text)")
    }
    let json = try Command(arguments + ["--json", "-q"]).json()
    let exits = try json.required("exits").elements()
    #expect(try exits.map { try $0.required("depth").int() } == [2, 4])
    #expect(try exits[0].required("coverage").elements().count == 3)
    #expect(try (0...1).contains(exits[0].required("calibration_error").number()))
    let own = try json.required("shipped").required("exits").elements()
    #expect(try own.map { try $0.required("threshold").number() } == [0.5, 0.5])
    #expect(try json.required("prompts").required("count").int() == 2)
    #expect(try json.required("prompts").required("empty").int() == 1)
    let source = try json.required("prompts").required("sources").elements()[0]
    #expect(try source.required("format").string() == "Say\n{q}")
  }

  /// Several sources have a column each, one for all, and what is known of their part in training.
  @Test func exitsAreMeasuredSourceBySource() throws {
    #expect(
      try Command("exits", "add", scratch("q8_0"), "--at", "2", "-o", scratch("exits")).status == 0)
    try scratch.write("{\"q\":\"The dog\"}\n", to: "p.jsonl")
    _ = try scratch.makeDirectory("other")
    try scratch.write("{\"q\":\"A cat\"}\n", to: "other/p.jsonl")
    let (first, second) = (scratch("p.jsonl") + ":q", scratch("other/p.jsonl") + ":q")
    let report = try Command([
      "exits", "eval", scratch("exits"), "--prompts", first, "--prompts", second, "--plain",
      "--max-tokens", "8",
    ])
    #expect(report.status == 0, "\(report.errors)")
    let header = try #require(
      report.output.split(separator: "\n").first { $0.contains("other/p.jsonl:q") })
    #expect(header.split(separator: " ").count == 3 && header.hasSuffix("all"), "\(header)")
    #expect(!header.contains(scratch.path), "no more of the paths than tells them apart")
    for row in ["exit 2 agrees", "exit 2 at 95 %", "exit 2 at 90 %", "bytes up a token, int8"] {
      #expect(report.output.contains(row), "\(row)")
    }
    #expect(
      report.output.contains(
        "other/p.jsonl:q: the artifact does not record what its exits were trained on"))
  }

  @Test(arguments: [
    ([], "Missing expected argument '--prompts"),
    (["--prompts", "p:q", "--data", "t"], "Unknown option '--data'"),
    (["--prompts", "p:q", "--windows", "3"], "Unknown option '--windows'"),
    (["--prompts", "p:q", "--limit", "0"], "--limit 0: expected at least 1"),
    (["--prompts", "p"], "FILE:FIELD"),
  ])
  func wrongUsageOfExits(_ arguments: [String], text: String) throws {
    let command = try Command(["exits", "eval", scratch("model")] + arguments)
    #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
  }

  @Test(arguments: [
    ([], "Missing expected argument '--data"),
    (["--data", "t", "--exits"], "Unknown option '--exits'"),
    (["--data", "t", "--prompts", "p:q"], "Unknown option '--prompts'"),
    (["--data", "t", "--limit", "3"], "Unknown option '--limit'"),
  ])
  func wrongUsage(_ arguments: [String], text: String) throws {
    let command = try Command(["eval", scratch("model")] + arguments)
    #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
  }
}
