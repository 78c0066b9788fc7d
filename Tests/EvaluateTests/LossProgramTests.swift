import CleaveEvaluate
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Losses measured by a program.
@Suite(.timeLimit(.minutes(2))) struct LossProgramTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func text(_ text: String) -> JudgedText {
    JudgedText(
      prompt: "say \"x\"", tokens: [], truths: [], text: text, modelText: "of the\nmodel",
      modelTokens: [], references: ["one", "é"])
  }

  private func losses(_ program: String, texts: Int = 3) async throws -> [Double] {
    try await LossMeter(.command(program)).losses(of: (0..<texts).map { text("text \($0)") })
  }

  @Test func aLineOfEachTextIsRead() async throws {
    let seen = scratch("seen")
    #expect(try await losses("tee '\(seen)' | sed 's/.*/0.5/'", texts: 2) == [0.5, 0.5])
    let lines = try readFile(seen).split(separator: 0x0A)
    #expect(lines.count == 2)
    for (index, line) in lines.enumerated() {
      let node = try JSONNode(parsing: Array(line), file: "seen")
      #expect(
        try node.members().map(\.name) == ["prompt", "text", "model_text", "references"])
      #expect(try node.required("prompt").string() == "say \"x\"")
      #expect(try node.required("text").string() == "text \(index)")
      #expect(try node.required("model_text").string() == "of the\nmodel")
      #expect(
        try node.required("references").elements().map { try $0.string() } == ["one", "é"])
    }
  }

  @Test func lossesAreObjectsOrNumbersInOrder() async throws {
    let program = #"""
      printf '{"loss": 0.25, "why": "x"}\n\n 1 \r\n{"loss":0}'
      """#
    #expect(try await losses(program) == [0.25, 1, 0])
  }

  @Test func withoutTextsNothingIsRun() async throws {
    #expect(try await losses("touch '\(scratch("run"))'; exit 1", texts: 0) == [])
    #expect(Scratch.entries(scratch.path).isEmpty)
  }

  @Test(arguments: [
    ("printf '0\\n1\\n'", "output", "2 losses"),
    ("printf '0\\n1\\n0\\n1\\n'", "output", "4 losses"),
    ("true", "output", "0 losses"),
    ("printf '0\\n1.5\\n0\\n'", "output line 2", "1.5"),
    ("printf '0\\n1\\n-0.1\\n'", "output line 3", "-0.1"),
    ("printf '{\"loss\":2}\\n0\\n0\\n'", "output line 1.loss", "2"),
    ("printf '\\n{\"lass\":0}\\n0\\n0\\n'", "output line 2", "no \"loss\""),
    ("printf '0\\ntrue\\n0\\n'", "output line 2", "true"),
    ("printf '0\\n[0]\\n0\\n'", "output line 2", "an array"),
    ("printf '{\"loss\":null}\\n0\\n0\\n'", "output line 1", "no \"loss\""),
    ("exit 7", "", "exit status 7"), ("printf '0\\n0\\n0\\n'; exit 1", "", "exit status 1"),
    ("kill -9 $$", "", "that signal 9 killed it"),
    ("printf '0\\n0\\n0\\n'; kill -TERM $$", "", "that signal 15 killed it"),
    ("/no/such/program 2>/dev/null", "", "exit status 127"),
    ("yes 0", "output", "more than 1060864 bytes"),
  ])
  func whatIsNoLossIsRefused(program: String, location: String, found: String) async {
    let error = await #expect(throws: InputError.self) { try await losses(program) }
    #expect(error?.file == "command:\(program)")
    #expect(error?.location == location)
    #expect(error?.found == found)
  }

  @Test(arguments: [
    "printf '0\\nzero\\n0\\n'", "printf '0\\nNaN\\n0\\n'", "printf '0\\n\\377\\n0\\n'",
  ])
  func whatIsNoJSONIsRefused(program: String) async {
    let error = await #expect(throws: InputError.self) { try await losses(program) }
    #expect(error?.location == "output line 2")
    #expect(error?.expected == "valid UTF-8 JSON")
  }

  @Test func aProgramTooLongForTheKernelIsRefused() async {
    let program = "#" + String(repeating: "x", count: 1 << 18)
    let error = await #expect(throws: InputError.self) { try await losses(program) }
    #expect(error?.found == "that it cannot be started: \(String(cString: strerror(E2BIG)))")
  }

  /// Much more than a pipe's buffer in both directions: 5 MB of input, read before, after or never.
  @Test(arguments: [
    "sed 's/.*/{\"loss\": 0.5}/'",
    "yes 0.5 | head -n 5000; cat >/dev/null",
    "yes 0.5 | head -n 5000",
    "exec 0<&-; yes '{\"loss\": 0.5, \"why\": \"'$(head -c 1000 /dev/zero | tr '\\0' x)'\"}' | head -n 5000",
  ])
  func manyTexts(program: String) async throws {
    let long = text(String(repeating: "0123456789", count: 100))
    let losses = try await LossMeter(.command(program)).losses(
      of: .init(repeating: long, count: 5000))
    #expect(losses == .init(repeating: 0.5, count: 5000))
  }

  @Test func allOfALongTextArrives() async throws {
    let long = text(String(repeating: "x", count: 5_000_000))
    // The prompt and two member names contain an x too.
    let program = "test $(tr -dc x | wc -c) = 5000003 && echo 1"
    #expect(try await LossMeter(.command(program)).losses(of: [long]) == [1])
  }

  /// The ended program is waited for, and no other child is.
  @Test func nothingIsLeftBehind() async throws {
    let note = scratch("pid")
    #expect(try await losses("echo $$ >'\(note)'; echo 1", texts: 1) == [1])
    await #expect(throws: InputError.self) { try await losses("echo $$ >>'\(note)'; exec yes") }
    await #expect(throws: InputError.self) { try await losses("echo $$ >>'\(note)'; kill -9 $$") }
    let processes = try readFile(note).split(separator: 0x0A).compactMap {
      Int32(String(decoding: $0, as: UTF8.self))
    }
    #expect(processes.count == 3)
    for process in processes { #expect(waitpid(process, nil, WNOHANG) == -1 && errno == ECHILD) }
  }
}
