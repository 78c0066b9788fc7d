import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Which prompts are asked.
@Suite struct PromptSetTests {
  private let scratch: Scratch
  private let model: Artifact

  init() throws {
    scratch = try Scratch()
    model = try TinyModel.llama3.withExits([2], into: scratch)
  }

  private func set(
    _ lines: [String], _ sources: String..., change: (inout PromptSet.Settings) -> Void = { _ in }
  ) throws -> PromptSet {
    try scratch.write(lines.joined(separator: "\n") + "\n", to: "p.jsonl")
    var settings = PromptSet.Settings(longest: 64)
    settings.sources = try sources.map { try PromptSource(parsing: "\(scratch.path)/\($0)") }
    settings.usesChatTemplate = false
    change(&settings)
    return try PromptSet(settings, model, tokenizer: model.tokenizer())
  }

  private let lines = ["one", "two", " three\\n", "two"].map { "{\"q\":\"\($0)\",\"n\":1}" }

  @Test func everyContentOnce() throws {
    let set = try set(lines, "p.jsonl:q")
    #expect(set.prompts.map(\.digest) == ["one", "two", "three"].map { ContentDigest(of: $0) })
    #expect(set.repeated == 1 && set.cut == 0 && set.excluded == 0)
    let tokenizer = try model.tokenizer()
    #expect(set.prompts[2].tokens == tokenizer.encode(" three\n"))
    // What `printf '%s\n' $(printf one | sha256sum) ... | sort | sha256sum` says.
    let digests = ["one", "two", "three"].map { FileDigest(of: Array($0.utf8)).sha256 }.sorted()
    let text = digests.map { $0 + "\n" }.joined()
    #expect(set.contentSHA256 == FileDigest(of: Array(text.utf8)).sha256)
  }

  /// A prompt of no tokens asks nothing.
  @Test func emptyTextsAreLeftOut() throws {
    let set = try set(lines + [#"{"q":""}"#, #"{"q":" \n"}"#], "p.jsonl:q")
    #expect(set.prompts.count == 3 && set.empty == 2)
    let error = #expect(throws: InputError.self) { try self.set([#"{"q":""}"#], "p.jsonl:q") }
    #expect(error?.found == "no prompts, 1 left out")
  }

  @Test func theFormatStandsAroundTheText() throws {
    let set = try set(["{\"q\":\"one\"}"], "p.jsonl:q:Say\\n{q}!")
    #expect(set.prompts[0].tokens == (try model.tokenizer()).encode("Say\none!"))
    #expect(set.prompts[0].digest == ContentDigest(of: "one"))
  }

  /// A count takes those with the smallest digests, a limit where there is none; another source may ask
  /// for the others.
  @Test func countsAndLimits() throws {
    let smallest = ["one", "two", "three"].min {
      ContentDigest(of: $0).sha256 < ContentDigest(of: $1).sha256
    }
    for set in [
      try set(lines, "p.jsonl:q#1"), try set(lines, "p.jsonl:q") { $0.limit = 1 },
    ] {
      #expect(set.prompts.map(\.digest) == [ContentDigest(of: try #require(smallest))])
    }
    #expect(try set(lines, "p.jsonl:q#1", "p.jsonl:q") { $0.limit = 1 }.prompts.count == 2)
    #expect(try set(lines, "p.jsonl:q#3") { $0.limit = 1 }.prompts.count == 3)
  }

  @Test func excludedContentsAreLeftOut() throws {
    let digests = ["two", "three", "four"].map { FileDigest(of: Array($0.utf8)).sha256 }
    let path = try scratch.write(digests.joined(separator: "\n") + "\n", to: "hashes")
    let set = try set(lines, "p.jsonl:q") {
      $0.excluded = (try? ContentDigest.list(path: path)) ?? []
    }
    #expect(set.prompts.map(\.digest) == [ContentDigest(of: "one")])
    #expect(set.excluded == 3)
    for (bad, location) in [("x", "line 4"), (String(repeating: "A", count: 64), "line 4")] {
      try scratch.write((digests + [bad]).joined(separator: "\n"), to: "hashes")
      let error = #expect(throws: InputError.self) { try ContentDigest.list(path: path) }
      #expect(error?.location == location && error?.file == path)
    }
  }

  @Test func longTextsAreCut() throws {
    let long = "{\"q\":\"\(String(repeating: "word ", count: 100))\"}"
    let set = try set([long], "p.jsonl:q:{q} end") { $0.longest = 20 }
    #expect(set.cut == 1 && set.prompts[0].tokens.count <= 20)
    #expect((try model.tokenizer()).decode(set.prompts[0].tokens).hasSuffix(" end"))
  }

  @Test func theChatTemplateStandsAroundThePrompt() throws {
    let file = "tokenizer/chat.json"
    let known = try JSONNode(parsing: Golden.bytes(file), file: file).elements()[0]
    var manifest = model.manifest
    manifest.tokens.chatTemplate = try known.required("template").string()
    try scratch.write(manifest.json.text(), to: "exits/manifest.json")
    let chat = try Artifact(opening: model.path)
    let tokenizer = try chat.tokenizer()
    let tokens = manifest.tokens
    let template = try ChatTemplate(
      try known.required("template").string(),
      bos: tokens.beginOfText.flatMap(tokenizer.token(of:)),
      eos: tokens.endOfText.first.flatMap(tokenizer.token(of:)))
    try scratch.write("{\"q\":\"one\"}", to: "p.jsonl")
    var settings = PromptSet.Settings(longest: 512)
    settings.sources = [try PromptSource(parsing: scratch("p.jsonl") + ":q:Say {q}")]
    let text = try template.render(
      [ChatMessage(role: "user", content: "Say one")], addGenerationPrompt: true)
    let set = try PromptSet(settings, chat, tokenizer: tokenizer)
    #expect(set.prompts[0].tokens == tokenizer.encode(text, addSpecialTokens: false))
  }

  /// The tiny model with a chat template.
  private func chat() throws -> (Artifact, ChatTemplate, Tokenizer) {
    let file = "tokenizer/chat.json"
    let known = try JSONNode(parsing: Golden.bytes(file), file: file).elements()[0]
    var manifest = model.manifest
    let text = try known.required("template").string()
    manifest.tokens.chatTemplate = text
    try scratch.write(manifest.json.text(), to: "exits/manifest.json")
    let chat = try Artifact(opening: model.path)
    let tokenizer = try chat.tokenizer()
    let template = try ChatTemplate(
      text, bos: manifest.tokens.beginOfText.flatMap(tokenizer.token(of:)),
      eos: manifest.tokens.endOfText.first.flatMap(tokenizer.token(of:)))
    return (chat, template, tokenizer)
  }

  private static func messages(_ contents: [String]) -> [ChatMessage] {
    contents.enumerated().map { index, content in
      ChatMessage(role: index % 2 == 0 ? "user" : "assistant", content: content)
    }
  }

  private static func line(_ messages: [ChatMessage]) -> String {
    let list = messages.map { message -> JSON in
      ["role": .string(message.role), "content": .string(message.content)]
    }
    let object: JSON = ["messages": .array(list)]
    return object.text(pretty: false)
  }

  /// Texts in parts are one text, and what answers the last message may be anything.
  @Test func contentsInParts() throws {
    let (chat, _, tokenizer) = try chat()
    let parts = #"[{"type":"text","text":"on"},{"type":"text","text":"e"}]"#
    let lines = [
      "{\"messages\":[{\"role\":\"user\",\"content\":\(parts)},{\"role\":\"assistant\",\"content\":null}]}",
      Self.line(Self.messages(["one"])),
    ]
    try scratch.write(lines.joined(separator: "\n"), to: "p.jsonl")
    var settings = PromptSet.Settings(longest: 400)
    settings.sources = [try PromptSource(parsing: scratch("p.jsonl") + ":messages")]
    let set = try PromptSet(settings, chat, tokenizer: tokenizer)
    #expect(set.prompts.map(\.text) == ["one"] && set.repeated == 1)
  }

  /// A conversation is rendered whole up to its last user's message.
  @Test func conversations() throws {
    let (chat, template, tokenizer) = try chat()
    let said = Self.messages(["one", "two", "three", "four"])
    let lines = [Self.line(said), Self.line([said[0]]), "{\"messages\":\"one\"}"]
    try scratch.write(lines.joined(separator: "\n"), to: "p.jsonl")
    var settings = PromptSet.Settings(longest: 400)
    settings.sources = [try PromptSource(parsing: scratch("p.jsonl") + ":messages")]
    let set = try PromptSet(settings, chat, tokenizer: tokenizer)
    func tokens(_ messages: [ChatMessage]) throws -> [Int] {
      tokenizer.encode(
        try template.render(messages, addGenerationPrompt: true), addSpecialTokens: false)
    }
    // A single message is the same content as its text.
    #expect(set.prompts.count == 2 && set.repeated == 1 && set.cut == 0)
    #expect(set.prompts[0].tokens == (try tokens(Array(said.prefix(3)))))
    #expect(set.prompts[1].tokens == (try tokens([said[0]])))
    #expect(set.prompts[0].text == "user: one\n\nassistant: two\n\nuser: three")
    #expect(set.prompts[1].digest == ContentDigest(of: "one"))
    // The oldest turns go first, then the end of the last message.
    settings.longest = try tokens([said[2]]).count
    let cut = try PromptSet(settings, chat, tokenizer: tokenizer)
    #expect(cut.cut == 1)
    #expect(cut.prompts[0].tokens == (try tokens([said[2]])))
    settings.longest -= 1
    let shorter = try PromptSet(settings, chat, tokenizer: tokenizer).prompts[0].tokens
    #expect(shorter.count <= settings.longest)
    settings.sources[0].format = try PromptFormat(parsing: "x {messages}", field: "messages")
    let error = #expect(throws: InputError.self) {
      try PromptSet(settings, chat, tokenizer: tokenizer)
    }
    #expect(error?.found == "a conversation beside a FORMAT")
    settings.sources[0].format = .plain
    settings.usesChatTemplate = false
    let plain = #expect(throws: InputError.self) {
      try PromptSet(settings, chat, tokenizer: tokenizer)
    }
    #expect(plain?.found == "a conversation without a chat template")
  }

  @Test(arguments: [
    (#"{"q":[]}"#, "q", "q"), (#"{"q":[{"role":"user"}]}"#, "q[0]", "q"),
    (#"{"q":[{"role":"user","content":["a"]}]}"#, "q[0].content[0]", "q"),
    (#"{"q":[{"role":"user","content":[{"type":"image"}]}]}"#, "q[0].content[0].type", "q"),
    (#"{"q":[{"role":"system","content":"a"}]}"#, "q", "q"), (#"{"q":7}"#, "q", "q"),
    (#"{"q":["a"]}"#, "q", "q.1"), (#"{"q":["a"]}"#, "q", "q.01"), (#"{"q":["a"]}"#, "q", "q.x"),
    (#"{"q":{"a":"x"}}"#, "q", "q.b"), (#"{"q":"a"}"#, "q", "q.b"),
  ])
  func fieldsThatAreNone(line: String, location: String, field: String) throws {
    let error = #expect(throws: InputError.self) { try set([line], "p.jsonl:\(field)") }
    #expect(error?.location.hasSuffix(location) == true, "\(error?.location ?? "")")
  }

  @Test func fieldsOfFields() throws {
    let line = #"{"a.b":"one","a":{"b":"two","c":[{"d":"three"},"four"]}}"#
    for (field, text) in [("a.b", "one"), ("a.c.0.d", "three"), ("a.c.1", "four")] {
      #expect(try set([line], "p.jsonl:\(field)").prompts.map(\.text) == [text])
    }
    let set = try set([line], "p.jsonl:a.c.1:Say {a.c.1}")
    #expect(set.prompts[0].tokens == (try model.tokenizer()).encode("Say four"))
  }

  @Test func filesOfOtherSystems() throws {
    let set = try set(["\u{FEFF}{\"q\":\"one\"}\r", "{\"q\":\"two\"}\r"], "p.jsonl:q")
    #expect(set.prompts.map(\.text) == ["one", "two"])
    let text = "{\"q\":\"one\"}\n"
    try scratch.write([0xFF, 0xFE] + text.utf16.flatMap { littleEndian($0) }, to: "u.jsonl")
    let error = #expect(throws: InputError.self) { try self.set(lines, "u.jsonl:q") }
    #expect(error?.found == "UTF-16 text")
  }

  /// What exits were trained on says nothing of them: it is refused, unless it is left out.
  @Test func trainedContentsAreRefused() throws {
    try scratch.write(lines.joined(separator: "\n"), to: "p.jsonl")
    var settings = PromptSet.Settings(longest: 64)
    settings.sources = [try PromptSource(parsing: scratch("p.jsonl") + ":q")]
    settings.usesChatTemplate = false
    let trained = TrainedContents([ContentDigest(of: "two")])
    func set() throws -> PromptSet {
      try PromptSet(settings, model, tokenizer: model.tokenizer(), trained: trained)
    }
    let error = #expect(throws: InputError.self) { try set() }
    #expect(error?.found.contains(ContentDigest(of: "two").sha256) == true)
    #expect(error?.advice?.contains("--exclude-hashes") == true)
    settings.excluded = [ContentDigest(of: "two")]
    #expect(try set().prompts.count == 2)
  }

  @Test func whatIsRefused() throws {
    func refused(_ lines: [String], _ source: String) throws -> InputError? {
      #expect(throws: InputError.self) { try set(lines, source) }
    }
    #expect(try refused(["{\"q\":1}"], "p.jsonl:q")?.location == "line 1.q")
    #expect(try refused(["{\"q\":\"a\"}", "[]"], "p.jsonl:q")?.location == "line 2")
    #expect(try refused(["{\"a\":\"a\"}"], "p.jsonl:q")?.found == "no \"q\"")
    #expect(try refused(["{"], "p.jsonl:q")?.location == "line 1")
    #expect(try refused([""], "p.jsonl:q")?.found == "no prompts, 0 left out")
    #expect(try refused(lines, "none.jsonl:q") != nil)
    for bad in [
      "p.jsonl", "p.jsonl:", "p.jsonl:q#0", "p.jsonl:q#x", "p.jsonl:q:{r}", "p.jsonl:q:{q}{q}",
    ] {
      #expect(throws: InputError.self, "\(bad)") { try PromptSource(parsing: bad) }
    }
    var manifest = model.manifest
    manifest.tokens.chatTemplate = nil
    try scratch.write(manifest.json.text(), to: "exits/manifest.json")
    let other = try Artifact(opening: model.path)
    var settings = PromptSet.Settings(longest: 64)
    settings.sources = [try PromptSource(parsing: scratch("p.jsonl") + ":q")]
    let chat = #expect(throws: InputError.self) {
      try PromptSet(settings, other, tokenizer: other.tokenizer())
    }
    #expect(chat?.location == "chat_template" && chat?.advice?.contains("--plain") == true)
  }
}
