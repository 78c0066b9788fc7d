import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// `cleave run` as a person uses it: prompts from everywhere, templates, seeds and stop texts.
@Suite(.serialized) struct RunCommandTests {
  private let checkpoint = Golden.path("tiny-llama3-f32")

  @Test func runTellsWhoAnswered() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch, threshold: "0.2")
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

  @Test func tokensMayGoUpInPlaceOfStates() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch, threshold: "0.2")
    let partition = try Command(
      "partition", scratch("exits"), "--edge", scratch("edge2"), "--cloud", scratch("all"),
      "--cloud-blocks", "all")
    #expect(partition.output.contains("both hold 4 of them, 0..<4, and the edge uploads tokens"))
    func run(_ cloud: String, _ more: String...) throws -> Command {
      try Command(
        [
          "run", scratch("edge"), "-p", "The small dog", "--max-tokens", "12", "--json", "--cloud",
          scratch(cloud), "--threshold", "2",
        ] + more)
    }
    let states = try run("cloud").json()
    for more in [["--upload", "tokens"], ["--upload", "tokens", "--lossless"]] {
      let tokens = try Command(
        [
          "run", scratch("edge2"), "-p", "The small dog", "--max-tokens", "12", "--json", "--cloud",
          scratch("all"), "--threshold", "2",
        ] + more
      ).json()
      #expect(try tokens.required("text").string() == states.required("text").string())
      #expect(try 2 * tokens.required("bytes_up").int() < states.required("bytes_up").int())
    }
    // Neither is taken for the other, and each says what to do.
    let refused = try run("all")
    #expect(refused.status == 4 && refused.errors.contains("--upload tokens"))
    let other = try run("cloud", "--upload", "tokens")
    #expect(other.status == 4 && other.errors.contains("this cloud reads"))
    #expect(try run("all", "--upload", "tokens", "--codec", "int8").status == 2)
  }

  @Test func thePromptMayComeFromAFileOrAPipe() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
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

  /// A text is the same from a file and from standard input, with a byte order mark and with CRLF.
  @Test func textsOfOtherSystems() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
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

  @Test func aPromptTheModelHasNoRoomForIsRefused() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let long = try Command("run", scratch("edge"), "-p", String(repeating: "long ", count: 2000))
    #expect(long.status == 2)
    #expect(long.errors.contains("the model was made for at most 512"))
  }

  @Test func theSeedDecidesTheText() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
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
    try Command.prepare(scratch)
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
    try Command.prepare(scratch)
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

  // MARK: Up to an exit

  /// The edge that ends at its first exit says what that exit says, without the files of the second; with a
  /// cloud and exits off it is the whole model.
  @Test func aBundleUpToAnExit() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let arguments = ["run", scratch("edge"), "-p", "The small dog", "--max-tokens", "12", "--json"]
    func text(_ more: String...) throws -> String {
      let command = try Command(arguments + more)
      #expect(command.status == 0, "\(command.errors)")
      return try command.json().required("text").string()
    }
    let first = try text("--threshold", "0")
    let whole = try Command(
      "run", scratch("model"), "-p", "The small dog", "--max-tokens", "12", "--json"
    ).json().required("text").string()
    for file in ["weights/block-0002.safetensors", "weights/block-0003.safetensors"] {
      try scratch.remove("edge/\(file)")
    }
    try scratch.remove("edge/exits/exit-0004.safetensors")
    #expect(try Command(arguments).status == 2)
    #expect(try text("--exits", "2", "--threshold", "2") == first)
    #expect(try text("--exits", "2", "--cloud", scratch("cloud"), "--threshold", "2") == whole)
    let run = try Command(arguments + ["--exits", "2"])
    #expect(run.errors.contains("not there, and not needed: exits/exit-0004.safetensors, weights/"))
    #expect(
      run.errors.contains("warning: with 1 of the exits not used, thresholds promise nothing"))
    let other = try Command(arguments + ["--exits", "3"])
    #expect(
      other.status == 2 && other.errors.contains("found no exit at depth 3; expected one of 2, 4"))
    let model = try Command("run", scratch("model"), "-p", "x", "--exits", "2")
    #expect(model.status == 2 && model.errors.contains("expected an edge bundle"))
  }

  private func device(_ scratch: Scratch, bytes: Int) throws -> String {
    try scratch.write(
      """
      {"schema": "cleave.device_profile", "version": 1, "name": "a board", "origin": "declared",
       "processor": "a data sheet", "threads": 1, "memory_bytes": \(bytes),
       "declared": {"bytes_per_second": 1e9, "int8_operations_per_second": 1e9,
                    "float_operations_per_second": 1e9, "block_seconds": 0}}
      """, to: "device.json")
  }

  /// The deepest exit that fits into a device's memory is chosen and said.
  @Test func aProfileChoosesTheLastExit() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let edge = try Artifact(opening: scratch("edge")).manifest
    // 13 bytes of prompt and 12 tokens, and room for a template, are more than the context.
    let positions = min(13 + 256 + 12, edge.configuration.contextLength)
    let needs = try [2, 4].map {
      try edge.memory(upToExit: $0, positions: positions, file: "")
    }
    func run(_ bytes: Int) throws -> Command {
      try Command(
        "run", scratch("edge"), "-p", "The small dog", "--max-tokens", "12", "--for",
        try device(scratch, bytes: bytes))
    }
    let all = try run(needs[1])
    #expect(all.status == 0 && all.errors.contains("for a board up to exit 4 of 2, 4: at most "))
    let first = try run(needs[1] - 1)
    #expect(first.status == 0 && first.errors.contains("for a board up to exit 2 of 2, 4: "))
    #expect(first.errors.contains("warning: with 1 of the exits not used"))
    let none = try run(needs[0] - 1)
    #expect(
      none.status == 2 && none.errors.contains("bytes up to exit 2 with")
        && none.errors.contains("of a board"), "\(none.errors)")
    let both = try Command("run", scratch("edge"), "-p", "x", "--for", "d", "--exits", "2")
    #expect(both.status == 2 && both.errors.contains("--exits and --for"))
  }

  /// What is used of a bundle is verified and described without the rest.
  @Test func aBundleUpToAnExitIsVerified() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    for file in [
      "weights/block-0002.safetensors", "weights/block-0003.safetensors",
      "exits/exit-0004.safetensors",
    ] { try scratch.remove("edge/\(file)") }
    let arguments = [
      "verify", scratch("edge"), scratch("cloud"), "--model", scratch("exits"), "--max-tokens", "4",
      "--prompts", try scratch.write("The small dog\n", to: "prompts"), "-q",
    ]
    #expect(try Command(arguments).status == 2)
    let command = try Command(arguments + ["--exits", "2"])
    #expect(command.status == 0, "\(command.output) \(command.errors)")
    #expect(command.output.contains("1 of the exits not used"))
    let described = try Command("inspect", scratch("edge"), "--exits", "2")
    #expect(described.status == 0 && described.output.contains("after 2 blocks"))
    #expect(!described.output.contains("after 4 blocks"))
    _ = try scratch.write("stray", to: "edge/stray")
    let stray = try Command(arguments + ["--exits", "2"])
    #expect(stray.status == 1 && stray.output.contains("stray is not in the manifest"))
    let checkpoint = try Command(
      "inspect", Golden.path("tiny-llama3-f32"), "--exits", "2")
    #expect(checkpoint.status != 0 && checkpoint.errors.contains("--exits is of an edge bundle"))
    let promise = try Command(arguments + ["--exits", "2", "--held-out", "x:y"])
    #expect(promise.status == 2 && promise.errors.contains("--held-out judges a promise"))
  }

  @Test func inspectSaysWhatEachExitTakes() throws {
    let scratch = try Scratch()
    try Command.prepare(scratch)
    let lines = try Command("inspect", scratch("edge")).output.split(separator: "\n")
    let needs = lines.filter { $0.hasPrefix("  up to exit ") }
    #expect(needs.count == 2, "\(lines)")
    #expect(needs.first?.hasPrefix("  up to exit 2: 2 blocks, ") == true)
    #expect(needs.last?.hasPrefix("  up to exit 4: 4 blocks, ") == true)
  }
}
