import CleaveStorage
import TestSupport
import Testing

/// A plan, as a person makes it.
@Suite struct PlanCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Command.prepare(scratch)
    try scratch.write(#"{"q":"The small dog"}"# + "\n" + #"{"q":"In the year"}"#, to: "p.jsonl")
    for (name, bytes) in [("device", "1e9"), ("cloud", "1e10")] {
      try scratch.write(
        """
        {"schema": "cleave.device_profile", "version": 1, "name": "\(name)", "origin": "declared",
         "processor": "a data sheet", "threads": 1, "memory_bytes": 1000000000,
         "declared": {"bytes_per_second": \(bytes), "int8_operations_per_second": \(bytes),
                      "float_operations_per_second": \(bytes), "block_seconds": 0.0001}}
        """, to: "\(name).json")
    }
  }

  private func record() throws {
    let eval = try Command(
      "exits", "eval", scratch("exits"), "--prompts", scratch("p.jsonl") + ":q", "--plain",
      "--max-tokens", "8", "--record", scratch("trace.json"), "-q")
    #expect(eval.status == 0, "\(eval.errors)")
  }

  private func plan(_ more: String...) throws -> Command {
    try Command(
      ["plan", scratch("exits"), "--trace", scratch("trace.json"), "-q"]
        + ["--device", scratch("device.json"), "--cloud", scratch("cloud.json")] + more)
  }

  @Test func aPlanNamesTheBest() throws {
    try record()
    let text = try plan("--link", "30Mbit,40ms", "--max-risk", "1")
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("Best by time: "))
    #expect(text.output.contains("The best split takes "))
    let json = try plan("--link", "30Mbit,40ms", "--json", "--html", scratch("plan.html")).json()
    #expect(try json.required("choices").elements().count > 10)
    let page = String(decoding: try readFile(scratch("plan.html")), as: UTF8.self)
    #expect(page.contains("30Mbit,40ms") && page.contains("<svg") && !page.contains("<script"))
  }

  /// Several devices get a policy each.
  @Test func aFleetHasAPlanForEachDevice() throws {
    try record()
    let plans = try plan(
      "--device", scratch("cloud.json"), "--link", "30Mbit,40ms", "--json"
    ).json().required("devices").elements()
    #expect(try plans.map { try $0.required("device").string() } == ["device", "cloud"])
    #expect(try plans.allSatisfy { try !$0.required("best").object().members.isEmpty })
  }

  @Test func tiersAreToldWithWhatToType() throws {
    let exits = try Command(
      "exits", "add", scratch("model"), "--at", "1,2", "--threshold", "0.5", "-o",
      scratch("two"))
    #expect(exits.status == 0, "\(exits.errors)")
    let eval = try Command(
      "exits", "eval", scratch("two"), "--prompts", scratch("p.jsonl") + ":q", "--plain",
      "--max-tokens", "8", "--record", scratch("trace.json"), "-q")
    #expect(eval.status == 0, "\(eval.errors)")
    let command = [
      "plan", scratch("two"), "--trace", scratch("trace.json"), "-q", "--max-risk", "1",
      "--device", scratch("device.json"), "--cloud", scratch("cloud.json"), "--middle",
      scratch("cloud.json"), "--link", "30Mbit,5ms", "--objective", "cloud-cost",
    ]
    let json = try Command(command + ["--middle-link", "30Mbit,40ms", "--json"]).json()
    let tiers = try json.required("choices").elements().filter {
      try $0.required("middle_exits").int() == 1
    }
    #expect(!tiers.isEmpty)
    let text = try Command(command + ["--middle-link", "30Mbit,40ms"])
    #expect(text.status == 0, "\(text.errors)")
    let alone = try Command(command)
    #expect(alone.status == 2 && alone.errors.contains("--middle-link: expected both"))
  }

  private func measured(of model: String) throws -> String {
    try scratch.write(
      """
      {"schema": "cleave.link_profile", "version": 1, "origin": "measured", "method": "a test",
       "round_trip_ms": {"p50": 40, "p95": 44}, "request_ms": {"p50": 5, "p95": 9},
       "up_bits_per_second": 30000000,
       "answers": [{"columns": 1, "seconds": 0.01}, {"columns": 64, "seconds": 0.1}],
       "server": {"model_id": "\(model)", "first_block": 2,
                  "head": [{"columns": 1, "seconds": 0.001}]}}
      """, to: "measured.json")
  }

  /// A server that was measured stands for its machine and for the link.
  @Test func aMeasuredServerIsPlannedWith() throws {
    try record()
    let manifest = try FileSystem.readJSON(scratch("exits") + "/manifest.json")
    let file = try measured(of: try manifest.required("model_id").string())
    let arguments = [
      "plan", scratch("exits"), "--trace", scratch("trace.json"), "--json", "-q", "--max-risk", "1",
      "--device", scratch("device.json"), "--cloud", file,
    ]
    let command = try Command(arguments)
    #expect(command.status == 0, "\(command.errors)")
    let link = try command.json().required("link")
    #expect(try link.required("round_trip_ms").number() == 40)
    #expect(abs(try command.json().required("request_ms").number() - 4.1) < 1e-9)
    let given = try Command(arguments + ["--link", "10Mbit,9ms", "--request-ms", "2"]).json()
    #expect(abs(try given.required("link").required("round_trip_ms").number() - 9) < 1e-9)
    #expect(try given.required("request_ms").number() == 2)
    let threads = try Command(arguments + ["--cloud-threads", "1"])
    #expect(threads.status == 2 && threads.errors.contains("--cloud-threads"))
    _ = try measured(of: String(repeating: "0", count: 64))
    let other = try Command(arguments)
    #expect(other.status == 2 && other.errors.contains("server.model_id"), "\(other.errors)")
    let none = try plan()
    #expect(none.status == 2 && none.errors.contains("--link: found none"), "\(none.errors)")
  }

  @Test func wrongOptionsAreNamed() throws {
    try record()
    for (option, value, expected) in [
      ("--link", "30", "--link 30: expected"), ("--clients", "0", "--clients 0"),
      ("--max-risk", "2", "--max-risk 2.0"), ("--upload", "f64", "--upload f64"),
      ("--look-ahead", "x", "--look-ahead x"), ("--think", "-1", "--think"),
    ] {
      let link = option == "--link" ? [] : ["--link", "30Mbit,40ms"]
      let command = try Command(
        ["plan", scratch("exits"), "--trace", scratch("trace.json")]
          + ["--device", scratch("device.json"), "--cloud", scratch("cloud.json")] + link
          + ["\(option)=\(value)"])
      #expect(command.status == 2 && command.errors.contains(expected), "\(command.errors)")
    }
    let note = try scratch.write("mine", to: "note")
    let energy = try plan("--link", "30Mbit,40ms", "--objective", "energy")
    #expect(energy.status == 2 && energy.errors.contains("expected the watts of the machine"))
    let html = try plan("--link", "30Mbit,40ms", "--html", note)
    #expect(html.status == 2 && html.errors.contains("not a report"))
  }

  @Test func aTraceDoesNotReplaceSomethingElse() throws {
    let note = try scratch.write("mine", to: "note")
    let eval = try Command(
      "exits", "eval", scratch("exits"), "--prompts", scratch("p.jsonl") + ":q", "--plain",
      "--max-tokens", "4", "--record", note, "-q")
    #expect(eval.status == 2 && eval.errors.contains("not a trace of exits"))
    #expect(try readFile(note) == Array("mine".utf8))
  }
}
