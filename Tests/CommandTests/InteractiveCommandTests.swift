import CleaveStorage
import TestSupport
import Testing

/// Conversations of `cleave run --interactive`, through a pipe: a turn on each line.
@Suite(.serialized) struct InteractiveCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Command.prepare(scratch, threshold: "0.02")
  }

  private func converse(
    _ lines: String, _ options: String = "", artifact: String = "edge"
  ) throws -> (status: Int32, output: String, errors: String) {
    try scratch.write(lines, to: "lines.txt")
    return try Command.shell(
      "run '\(scratch(artifact))' --interactive --max-tokens 8 --threads 1 \(options)"
        + " < '\(scratch("lines.txt"))'")
  }

  private func turns(_ output: String) throws -> [JSONNode] {
    try output.split(separator: "\n").map {
      try JSONNode(parsing: Array($0.utf8), file: "turn")
    }
  }

  @Test(arguments: ["", "--cloud CLOUD", "--cloud CLOUD --lossless"])
  func whatWasSaidIsNotReadAgain(options: String) throws {
    let options = options.replacing("CLOUD", with: "'\(scratch("cloud"))'") + " --json"
    let lines = "hello there\n\nand then?\n/reset\nhello there\n/quit\nnever said\n"
    let kept = try converse(lines, options)
    #expect(kept.status == 0, "\(kept.errors)")
    let anew = try converse(lines, options + " --conversation-cache 0")
    let (first, second) = (try turns(kept.output), try turns(anew.output))
    #expect(first.count == 3)
    let texts = try first.map { try $0.required("text").string() }
    #expect(try second.map { try $0.required("text").string() } == texts)
    #expect(texts[0] == texts[2])
    #expect(try second.allSatisfy { try $0.required("kept_tokens").int() == 0 })
    #expect(try first[1].required("kept_tokens").int() > 0)
    // The second turn has the first in its prompt, the third has not.
    let prompts = try first.map { try $0.required("prompt_tokens").int() }
    #expect(prompts[1] > prompts[0] && prompts[2] == prompts[0])
  }

  /// The first turn is what `--chat` says; the text stands on standard output, and the rest beside it.
  @Test func theFirstTurnIsAChat() throws {
    let chat = try Command(
      "run", scratch("edge"), "--chat", "--system", "Be short.", "-p", "hello there",
      "--max-tokens", "8", "--threads", "1")
    let talk = try converse("hello there\n", "--system 'Be short.'")
    #expect(talk.status == 0 && talk.output == chat.output)
    #expect(talk.errors.contains(" tokens (exit "), "\(talk.errors)")
    let whole = try converse("hello there", artifact: "model")
    #expect(whole.status == 0 && whole.errors.contains("(model "), "\(whole.errors)")
  }

  @Test func whatIsWrongEndsAPipe() throws {
    for (lines, text) in [
      ("/nothing\n", "found /nothing; expected /reset, /quit or a message"),
      (String(repeating: "a ", count: 2000) + "\n", "the model was made for at most 512"),
      (String(repeating: "a", count: (1 << 20) + 2), "standard input: line 1: found more than"),
    ] {
      let ended = try converse(lines)
      #expect(ended.status == 2 && ended.output.isEmpty, "\(ended.errors)")
      #expect(ended.errors.contains(text), "\(ended.errors)")
    }
    try scratch.write([0x61, 0xFF, 0x0A], to: "bytes.txt")
    let bytes = try Command.shell(
      "run '\(scratch("edge"))' --interactive < '\(scratch("bytes.txt"))'")
    #expect(bytes.status == 2 && bytes.errors.contains("line 1: found bytes that are not UTF-8"))
  }

  @Test func usageIsRefused() throws {
    for (more, text) in [
      (["--interactive", "-p", "a"], "--interactive reads standard input"),
      (["--interactive", "--conversation-cache=-1"], "--conversation-cache: expected 0 to"),
      (["-p", "a", "--conversation-cache", "1"], "--conversation-cache needs --interactive"),
      ([], "or --interactive"),
    ] {
      let command = try Command(["run", scratch("edge")] + more)
      #expect(command.status != 0 && command.errors.contains(text), "\(command.errors)")
    }
    // Turns are written in a chat template.
    let checkpoint = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "source")
    #expect(
      try Command("import", checkpoint, "--without-chat-template", "-o", scratch("plain"), "-q")
        .status == 0)
    let plain = try converse("hello\n", artifact: "plain")
    #expect(plain.status == 2 && plain.errors.contains("chat_template: found none"))
  }

  @Test func bundlesThatDoNotFitAreRefused() throws {
    #expect(
      try Command("exits", "add", scratch("model"), "--at", "3", "-o", scratch("exits3")).status
        == 0)
    #expect(
      try Command(
        "partition", scratch("exits3"), "--edge", scratch("edge3"), "--cloud", scratch("cloud3")
      ).status == 0)
    let refused = try converse("hello\n", "--cloud '\(scratch("cloud3"))'")
    #expect(refused.status == 4 && refused.output.isEmpty)
    #expect(refused.errors.contains("the cloud refuses"), "\(refused.errors)")
  }
}
