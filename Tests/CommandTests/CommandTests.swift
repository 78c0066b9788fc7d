import CleaveStorage
import Foundation
import TestSupport
import Testing

/// The commands from end to end: what they print, and what they tell the shell.
@Suite(.serialized) struct CommandTests {
  private let checkpoint = Golden.path("tiny-llama3-f32")

  /// import, exits add, partition into `scratch`.
  private func prepare(_ scratch: Scratch, threshold: String = "0.9") throws {
    #expect(try Command("import", checkpoint, "-o", scratch("model"), "-q").status == 0)
    #expect(
      try Command(
        "exits", "add", scratch("model"), "--at", "2,4", "--threshold", threshold, "-o",
        scratch("exits")
      ).status == 0)
    let partition = try Command(
      "partition", scratch("exits"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(partition.status == 0)
    #expect(partition.output.contains("All 6 blocks are held; both hold 2 of them, 2..<4"))
  }

  @Test func thePathFromCheckpointToVerifiedBundles() throws {
    let scratch = try Scratch()
    try prepare(scratch)
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
    try prepare(scratch)
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
    try prepare(scratch)
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
    try prepare(scratch)
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
    try prepare(scratch)
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

  @Test func runTellsWhoAnswered() throws {
    let scratch = try Scratch()
    try prepare(scratch, threshold: "0.2")
    func run(_ more: String...) throws -> JSONNode {
      try Command(
        ["run", scratch("edge"), "-p", "The small dog", "--max-tokens", "12", "--json"] + more
      ).json()
    }
    let together = try run("--cloud", scratch("cloud"), "--threshold", "2")
    let alone = try run()
    let whole = try Command(
      "run", scratch("exits"), "-p", "The small dog", "--max-tokens", "12", "--json"
    ).json()
    #expect(try together.required("text").string() == whole.required("text").string())
    let sources = try together.required("sources")
    #expect(try sources.required("cloud").int() == together.required("tokens").elements().count)
    #expect(
      try together.required("cloud_requests").int()
        == sources.required("cloud").int()
        + (together.required("end").string() == "stop_token" ? 1 : 0))
    #expect(try together.required("bytes_up").int() > 0)
    #expect(try alone.required("bytes_up").int() == 0)
    #expect(try alone.required("sources").optional("cloud") == nil)
    let opening = try alone.required("seconds_to_open").members()
    #expect(
      opening.map(\.name) == ["process", "manifest", "tokenizer", "prompt", "weights", "total"])
    #expect(try opening.allSatisfy { try $0.node.number() > 0 })
  }

  @Test func thePromptMayComeFromAFileOrAPipe() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let file = try scratch.write("- The small dog", to: "prompt.txt")
    func text(_ arguments: [String]) throws -> String {
      try Command(["run", scratch("edge"), "--max-tokens", "5", "--json"] + arguments).json()
        .required("text").string()
    }
    let expected = try text(["-p", "- The small dog"])
    #expect(try text(["--prompt-file", file]) == expected)
    #expect(try Command("run", scratch("edge")).status == 2)
    #expect(try Command("run", scratch("edge"), "-p", "x", "--prompt-file", file).status == 2)
  }

  @Test func aPromptTheModelHasNoRoomForIsRefused() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let long = try Command("run", scratch("edge"), "-p", String(repeating: "long ", count: 2000))
    #expect(long.status == 2)
    #expect(long.errors.contains("the model was made for at most 512"))
  }

  /// A command that waits is ended by Ctrl-C with the code shells know.
  @Test func anInterruptedCommandSaysSo() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let command = try Command.start("run", scratch("edge"), "--prompt-file", "-")
    defer { command.terminate() }
    // The handler is there when the kernel says that the signal is caught: bit 1 of SigCgt is SIGINT.
    for _ in 0..<500 where !Command.catchesInterrupt(command.processIdentifier) { usleep(10_000) }
    command.interrupt()
    command.waitUntilExit()
    #expect(command.terminationReason == .exit)
    #expect(command.terminationStatus == 130)
  }

  @Test func aTerminatedCommandSaysSo() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let command = try Command.start("run", scratch("edge"), "--prompt-file", "-")
    for _ in 0..<500 where !Command.catchesInterrupt(command.processIdentifier) { usleep(10_000) }
    command.terminate()
    command.waitUntilExit()
    #expect(command.terminationReason == .exit)
    #expect(command.terminationStatus == 143)
  }

  /// Commands with a standard stream closed, by a shell; a file must not get its number.
  @Test(arguments: [
    ("inspect MODEL >&-", Int32(3), "standard output: cannot write"),
    ("inspect MODEL 2>&- >/dev/null", 0, ""), ("inspect nothing 2>&-", 2, ""),
    ("--help >&-", 3, ""), ("inspect MODEL <&- >/dev/null", 0, ""),
    ("run MODEL --prompt-file - <&-", 2, "standard input: found"),
  ])
  func closedStreams(command: String, status: Int32, error: String) throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let result = try Command.shell(command.replacing("MODEL", with: scratch("edge")))
    #expect(result.status == status, "\(result.errors)")
    #expect(error.isEmpty || result.errors.contains(error), "\(result.errors)")
  }

  /// A text is the same from a file and from standard input, with a byte order mark and with CRLF.
  @Test func textsOfOtherSystems() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let text = "The small dog\nsat on 12 mats.\n"
    let plain = try Command("run", scratch("edge"), "-p", text, "--max-tokens", "8")
    #expect(plain.status == 0)
    try scratch.write("\u{FEFF}" + text.replacing("\n", with: "\r\n"), to: "prompt")
    let run = "run \(scratch("edge")) --max-tokens 8 --prompt-file"
    for source in [scratch("prompt"), "- <\(scratch("prompt"))"] {
      let result = try Command.shell("\(run) \(source)")
      #expect(result.status == 0 && result.output == plain.output, "\(result.errors)")
    }
    try scratch.write(text.utf16.flatMap { littleEndian($0) }, to: "prompt")
    let wide = try Command.shell("\(run) - <\(scratch("prompt"))")
    #expect(wide.status == 2 && wide.errors.contains("standard input: found UTF-16LE text"))
  }

  @Test func aReaderThatIsGone() throws {
    let command = try Command.start(["inspect", checkpoint], readsOutput: false)
    command.waitUntilExit()
    #expect(command.terminationReason == .exit && command.terminationStatus == 3)
  }

  @Test func aResultThatCannotBeWrittenExitsWithThree() throws {
    let command = try Command("inspect", checkpoint, outputPath: "/dev/full")
    #expect(command.status == 3)
    #expect(command.errors.contains("standard output: cannot write"))
  }

  @Test func theSeedDecidesTheText() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    func text(seed: String) throws -> String {
      try Command(
        "run", scratch("edge"), "--cloud", scratch("cloud"), "-p", "The small dog", "--max-tokens",
        "16", "--temperature", "1.5", "--seed", seed, "--json"
      ).json().required("text").string()
    }
    #expect(try text(seed: "1") == text(seed: "1"))
    #expect(try text(seed: "1") != text(seed: "2"))
  }

  /// Wherever it begins and over however many tokens it runs, a stop text ends the run before it.
  @Test func stopTextEndsARun() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let arguments = [
      "run", scratch("exits"), "-p", "The small dog", "--max-tokens", "40", "--json",
    ]
    let whole = try Command(arguments).json().required("text").string()
    let scalars = Array(whole.unicodeScalars)
    #expect(scalars.count > 40)
    for start in stride(from: 3, to: scalars.count - 12, by: 5) {
      var stop = String.UnicodeScalarView()
      stop.append(contentsOf: scalars[start..<(start + 12)])
      let cut = try Command(arguments + ["--stop", "never said", "--stop", String(stop)]).json()
      #expect(try cut.required("end").string() == "stop_text")
      let first = try #require(whole.range(of: String(stop), options: .literal))
      #expect(try cut.required("text").string() == String(whole[..<first.lowerBound]))
    }
  }

  @Test func chatUsesTheTemplate() throws {
    let scratch = try Scratch()
    let source = try scratch.copy(directory: checkpoint, to: "checkpoint")
    try scratch.write(
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
        + " + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
        + "{{ '<|im_start|>assistant\n' }}{% endif %}", to: "checkpoint/chat_template.jinja")
    #expect(try Command("import", source, "-o", scratch("model")).status == 0)
    func promptTokens(_ arguments: [String]) throws -> Int {
      try Command(["run", scratch("model"), "--max-tokens", "3", "--json"] + arguments)
        .json().required("prompt_tokens").int()
    }
    #expect(
      try promptTokens(["--chat", "-p", "Where?", "--system", "Be brief."])
        == promptTokens([
          "-p",
          "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhere?<|im_end|>\n"
            + "<|im_start|>assistant\n",
        ]))
  }

  /// The tiny model's own template is ChatML in other words.
  @Test func chatsInAnyTemplate() throws {
    let scratch = try Scratch()
    try prepare(scratch)
    let chat = try Command("run", scratch("edge"), "--chat", "-p", "Where?")
    #expect(chat.status == 0, "\(chat.errors)")
  }

  /// A template that cannot be run is refused at import, unless it is left out.
  @Test func aTemplateThatCannotBeRunIsRefused() throws {
    let scratch = try Scratch()
    let source = try scratch.copy(directory: checkpoint, to: "source")
    try scratch.write("a\n{{ messages | xmlattr }}", to: "source/chat_template.jinja")
    let refused = try Command("import", source, "-o", scratch("model"))
    #expect(refused.status == 2)
    #expect(refused.errors.contains("the filter \"xmlattr\""))
    #expect(refused.errors.contains("line 2, column 13"))
    #expect(refused.errors.contains("--without-chat-template"))
    let without = try Command(
      "import", source, "-o", scratch("model"), "--without-chat-template", "--json")
    #expect(without.status == 0)
    #expect(without.output.contains("\"chat_template\": null"))
  }

  @Test func inspectDescribesArtifactsAndCheckpoints() throws {
    let scratch = try Scratch()
    try prepare(scratch)
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

  @Test func anUnknownInstructionSetIsRefused() throws {
    let command = try Command(
      "inspect", checkpoint, environment: ["CLEAVE_ISA": "altivec"])
    #expect(command.status == 2)
    #expect(command.errors.contains("altivec"))
    #expect(try Command("inspect", checkpoint, environment: ["CLEAVE_ISA": "scalar"]).status == 0)
  }

  @Test func aTargetThatCannotBeWrittenExitsWithThree() throws {
    let command = try Command("import", checkpoint, "-o", "/proc/cleave-model")
    #expect(command.status == 3)
    #expect(command.errors.contains("cannot write"))
  }
}

/// Exits with bodies, from the command line.
@Suite struct ExitCommandTests {
  @Test func tailsInPlaceOfBlocksFromEndToEnd() throws {
    let scratch = try Scratch()
    let checkpoint = Golden.path("tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf")
    #expect(try Command("import", checkpoint, "-o", scratch("model"), "-q").status == 0)
    let add = try Command(
      "exits", "add", scratch("model"), "--at", "2,4", "--body", "tail:2,tail:1", "--replace",
      "--init", "next", "-o", scratch("exits"))
    #expect(add.status == 0, "\(add.errors)")
    let inspect = try Command("inspect", scratch("exits")).output
    #expect(inspect.contains("after 2 blocks: tail:2, max_probability from 0.9"))
    #expect(inspect.contains("after 4 blocks: tail:1 on the exit before, max_probability from 0.9"))
    let partition = try Command(
      "partition", scratch("exits"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(
      partition.output.contains(
        "All 6 blocks are held; none of them by both. "
          + "The edge's exits have 3 blocks of their own beside."))
    let verify = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("exits"), "--max-tokens", "8",
      "-q")
    #expect(verify.status == 0)
    #expect(verify.output.contains("edge holds blocks 0..<2 and 3 in tails, cloud 2..<6"))
  }

  @Test(arguments: [
    (["--body", "lens"], "--body lens: expected norm, affine"),
    (["--body", "tail:1,"], "--body : expected norm"),
    (["--init", "next"], "--init is for exits with a tail; --body norm has none"),
    (
      ["--init", "first", "--body", "tail:1"],
      "'first' is invalid for '--init <blocks>': expected auto, last, next or a block of the model"
    ),
  ])
  func wrongUsageExitsWithTwo(_ arguments: [String], text: String) throws {
    let command = try Command(["exits", "add", "m", "--at", "2,4", "-o", "x"] + arguments)
    #expect(command.status == 2)
    #expect(command.errors.contains(text), "\(command.errors)")
  }
}
