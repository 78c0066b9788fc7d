import CleaveRuntime
import CleaveStorage
import Foundation
import TestSupport
import Testing

/// `cleave-bench paper`, and the tables that tools/bench/paper.py makes of it.
@Suite struct PaperBenchTests {
  private struct Bench {
    let scratch: Scratch

    init() throws {
      scratch = try Scratch()
      _ = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
      let lines = ["The small dog.", "What is a book?", "Read 42 books."].map {
        #"{"question": "\#($0)", "answer": "a dog"}"#
      }
      try scratch.write(lines.joined(separator: "\n"), to: "prompts.jsonl")
    }

    func run(_ more: [String], edge: String? = nil) throws -> (
      status: Int32, output: [UInt8], errors: String
    ) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("cleave-bench")
      process.arguments =
        [
          "paper", edge ?? scratch("edge"), scratch("cloud"), scratch("exits"), "--threads", "1",
          "--prompts", scratch("prompts.jsonl") + ":question", "--max-tokens", "5",
          "--max-prompt-tokens", "60", "--plain",
        ] + more
      let (output, errors) = (Pipe(), Pipe())
      (process.standardOutput, process.standardError) = (output, errors)
      try process.run()
      let read = output.fileHandleForReading.readDataToEndOfFile()
      let said = String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, Array(read), said)
    }
  }

  @Test func everyModeAnswersEveryPrompt() throws {
    let bench = try Bench()
    let (status, output, errors) = try bench.run(["--edge-slowdown", "2"])
    try #require(status == 0, "\(errors)")
    let report = try JSONNode(parsing: output, file: "output")
    #expect(try report.required("broken").elements().isEmpty)
    #expect(try report.required("setting").required("edge_slowdown").number() == 2)
    let modes = try report.required("modes").elements().map {
      try $0.required("name").string()
    }
    // No calibration, no calibrated mode.
    #expect(
      modes == [
        "cloud_only", "naive_split", "standalone", "collaborative_0.8", "collaborative_0.9",
      ])
    let prompts = try report.required("prompts").elements()
    #expect(prompts.count == 3)
    for prompt in prompts {
      let responses = try prompt.required("responses")
      let whole = try responses.required("cloud_only")
      let naive = try responses.required("naive_split")
      for name in ["tokens", "text", "end", "requests"] {
        #expect(try whole.required(name).value.text() == naive.required(name).value.text())
      }
      let tokens = try whole.required("tokens").elements().count
      // An id is 4 bytes, beside a message without a body; an answer is what a message of one is.
      let ids = try prompt.required("prompt_tokens").int()
      let answer = Message.answer(
        .init(position: 300, token: 30_000, maxProbability: 0.5, margin: 0.5))
      #expect(try whole.required("bytes_up").int() == Message.close.wireBytes + 4 * ids)
      #expect(try whole.required("bytes_down").int() == answer.wireBytes * tokens)
      #expect(try whole.required("edge_seconds").number() == 0)
      let alone = try responses.required("standalone")
      #expect(try alone.required("requests").int() == 0)
      #expect(try alone.required("bytes_up").int() == 0)
      #expect(try alone.required("cloud_seconds").number() == 0)
    }
  }

  @Test func wrongInputIsRefused() throws {
    let bench = try Bench()
    for (more, status, text) in [
      (["--prompts", "nothing.jsonl:q"], 2, "nothing.jsonl"),
      (["--max-tokens", "4000"], 2, "context_length"),
      (["--bandwidth", "0"], 64, "--bandwidth 0.0: expected more than 0"),
      (["--round-trip=-1"], 64, "--round-trip -1.0: expected at least 0"),
      (["--cloud-speedup", "inf"], 64, "--cloud-speedup"),
      (["--threads", "0"], 64, "--threads 0: expected 1 to 1024"),
      (["--limit", "0"], 64, "--limit 0"),
    ] as [([String], Int32, String)] {
      let result = try bench.run(more)
      #expect(result.status == status && result.errors.contains(text), "\(result)")
      #expect(result.output.isEmpty)
    }
  }

  /// A cloud whose last norm is not the model's says other things.
  @Test func aSplitThatIsNotTheWholeModelFails() throws {
    let bench = try Bench()
    let path = bench.scratch("cloud/weights/head.safetensors")
    var bytes = try FileSystem.read(path, limit: 1 << 24)
    let norm = try #require(
      try SafetensorsFile(path: path).entries.first { $0.name == "final_norm.weight" })
    for end in stride(from: norm.range.lowerBound + 4, through: norm.range.upperBound, by: 8) {
      bytes[end - 1] ^= 0x80  // the sign of every other number
    }
    try bench.scratch.write(bytes, to: "cloud/weights/head.safetensors")
    let (status, output, errors) = try bench.run([])
    #expect(status == 1 && errors.contains("the naive split is not the whole model on prompts"))
    let report = try JSONNode(parsing: output, file: "output")
    #expect(try !report.required("broken").elements().isEmpty)
  }

  @Test func bundlesOfAnotherModelAreRefused() throws {
    let bench = try Bench()
    let other = try Scratch()
    _ = try TinyModel.sharded.bundles(exits: [1, 2], into: other)
    let result = try bench.run([], edge: other("edge"))
    #expect(result.status == 2 && result.errors.contains("model_id: found"), "\(result.errors)")
  }

  @Test func theTablesOwnTestsPass() throws {
    let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../tools/bench").standardized.path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B", "-m", "unittest", "discover", "-s", tools]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
  }
}
