import CleaveModel
import Foundation
import TestSupport
import Testing

/// `cleave-bench engine` must measure what the commands do, not something like it.
@Suite struct BenchTests {
  private let text = "The small dog reads 42 books."

  /// Sends the lines to a model's engine: (status, the lines that came back).
  private func engine(
    _ scratch: Scratch, _ requests: String...
  ) throws -> (status: Int32, replies: [[Substring]]) {
    try scratch.write(Array(text.utf8), to: "text")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
      .deletingLastPathComponent().appendingPathComponent("cleave-bench")
    process.arguments = [
      "engine", scratch("model"), "--threads", "2", "--text", scratch("text"),
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = Pipe()
    try process.run()
    input.fileHandleForWriting.write(Data(requests.map { $0 + "\n" }.joined().utf8))
    try input.fileHandleForWriting.close()
    let replies = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (
      process.terminationStatus, replies.split(separator: "\n").map { $0.split(separator: " ") }
    )
  }

  /// A model whose greedy text does not end early, and what `cleave run` says after the text.
  private func prepare(_ scratch: Scratch) throws -> [Int] {
    let checkpoint = Golden.path("tiny-llama3-f32")
    #expect(try Command("import", checkpoint, "-o", scratch("model"), "-q").status == 0)
    let run = try Command(
      "run", scratch("model"), "-p", text, "--max-tokens", "6", "--json"
    ).json()
    return try run.required("tokens").elements().map { try $0.required("id").int() }
  }

  @Test func itSaysTheTokensThatRunSays() throws {
    let scratch = try Scratch()
    let said = try prepare(scratch)
    try #require(said.count == 6)
    let (status, replies) = try engine(scratch, "tokens 17", "prefill 17", "decode 17 5")
    #expect(status == 0)
    try #require(replies.count == 4)
    #expect(replies[0].first == "ready")
    // As the tokenizers package has them (Tests/Golden).
    #expect(
      replies[1].map { Int($0) }
        == [266, 265, 79, 67, 276, 304, 73, 309, 307, 223, 22, 20, 311, 81, 77, 85, 16])
    #expect(replies[2].dropFirst().map { Int($0) } == [said[0]])
    #expect(replies[3].dropFirst().map { Int($0) } == Array(said.dropFirst()))
    #expect(try #require(Double(replies[3][0])) > 0)
  }

  /// The head is a matrix of its own here: of the embedding a token reads a row.
  @Test func readyCountsTheWeightsThatATokenReads() throws {
    let scratch = try Scratch()
    _ = try prepare(scratch)
    let artifact = try Artifact(opening: scratch("model"))
    let configuration = artifact.manifest.configuration
    try #require(!configuration.tiedEmbeddings)
    let embedding = configuration.vocabularySize * configuration.hiddenSize * 4
    let all = artifact.manifest.files.flatMap(\.tensors).reduce(0) { $0 + ($1.byteCount ?? 0) }
    #expect(try engine(scratch).replies == [["ready", "\(all - embedding)"]])
  }

  @Test(arguments: ["decode 17", "prefill 0", "prefill 18", "tokens x", "nonsense"])
  func requestsThatMakeNoSenseEndIt(request: String) throws {
    let scratch = try Scratch()
    _ = try prepare(scratch)
    let (status, replies) = try engine(scratch, request, "tokens 1")
    #expect(status != 0)
    #expect(replies.count == 1)
  }
}
