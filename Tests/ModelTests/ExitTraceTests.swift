import CleaveModel
import CleaveStorage
import Testing
import TestSupport

/// What exits said, token by token, as a file.
@Suite struct ExitTraceTests {
  private static let hash = String(repeating: "ab", count: 32)

  private static let trace = ExitTrace(
    modelID: hash,
    exits: [ExitTrace.Exit(depth: 4, sha256: hash), ExitTrace.Exit(depth: 8, sha256: hash)],
    feedback: "policy",
    texts: [
      ExitTrace.Text(
        promptLength: 3, truth: [5, 6], said: [[5, 7], [5, 6]],
        confidence: [[0.25, 1], [0, 0.1]],
        asked: [false, true]),
      ExitTrace.Text(promptLength: 1, truth: [9], said: [[9], [9]], confidence: [[1], [1]]),
    ])

  @Test func whatIsWrittenIsRead() throws {
    let scratch = try Scratch()
    try Self.trace.write(to: scratch("trace"), sources: [])
    #expect(try ExitTrace(path: scratch("trace")) == Self.trace)
    // Another trace there is replaced.
    try Self.trace.write(to: scratch("trace"), sources: [])
    #expect(Self.trace.tokens == 3)
    #expect(Self.trace.askedShare == 1.0 / 3)
    #expect(!Self.trace.texts[0].isRight(exit: 0, token: 1))
  }

  @Test func aFileThatIsNoTraceIsNotReplaced() throws {
    let scratch = try Scratch()
    try scratch.write("mine", to: "note")
    #expect(throws: InputError.self) { try ExitTrace.check(target: scratch("note")) }
    #expect(throws: InputError.self) { try Self.trace.write(to: scratch("note"), sources: []) }
    #expect(try readFile(scratch("note")) == Array("mine".utf8))
  }

  /// Members of the trace, or of its first text, that do not fit.
  private static let faults: [(place: String, value: JSON, expected: String)] = [
    ("schema", "cleave.other", "cleave.exit-trace"),
    ("model_id", "ab", "64"),
    ("exits", [], "an exit"),
    ("exits", [["depth": 0, "sha256": .string(hash)]], "from 1"),
    ("texts", [], "a text"),
    ("surplus", 1, "surplus"),
    ("texts[0].prompt_tokens", 0, "from 1"),
    ("texts[0].truth", [], "a token"),
    ("texts[0].truth", [5, -1], "from 0"),
    ("texts[0].said", [[5, 7]], "each of 2 exits"),
    ("texts[0].said", [[5], [5, 6]], "each of 2 tokens"),
    ("texts[0].confidence", [[0.5, 2], [0, 0]], "from 0 to 1"),
    ("texts[0].asked", [true], "each of 2 tokens"),
  ]

  @Test(arguments: faults.indices)
  func whatDoesNotFitIsRefused(_ index: Int) throws {
    let fault = Self.faults[index]
    guard case .object(var object) = Self.trace.json else { return }
    let parts = fault.place.split(separator: ".")
    if parts.count == 1 {
      object[fault.place] = fault.value
    } else {
      guard case .array(var texts)? = object["texts"], case .object(var text) = texts[0] else {
        return
      }
      text[String(parts[1])] = fault.value
      texts[0] = .object(text)
      object["texts"] = .array(texts)
    }
    let error = try #require(
      #expect(throws: InputError.self) {
        try ExitTrace(JSONNode(.object(object), file: "trace.json"))
      })
    #expect("\(error)".contains(fault.expected), "\(error)")
  }
}
