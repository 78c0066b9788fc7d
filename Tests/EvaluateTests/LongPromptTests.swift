import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Conversations of many turns and texts of many tokens, of which little fits.
@Suite(.timeLimit(.minutes(20))) struct LongPromptTests {
  private let scratch: Scratch
  private let model: Artifact

  init() throws {
    scratch = try Scratch()
    model = try TinyModel.llama3.withExits([2], into: scratch)
  }

  private static let template =
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}"

  /// The messages of a conversation with a system message in front, the last one a user's.
  private static func messages(turns: Int) -> [ChatMessage] {
    [ChatMessage(role: "system", content: "short")]
      + (0..<2 * turns - 1).map {
        ChatMessage(role: $0 % 2 == 0 ? "user" : "assistant", content: "hi \($0)")
      }
  }

  private func settings(_ messages: [ChatMessage], longest: Int) throws -> PromptSet.Settings {
    let list = messages.map { message -> JSON in
      ["role": .string(message.role), "content": .string(message.content)]
    }
    let line: JSON = ["messages": .array(list)]
    try scratch.write(line.text(pretty: false), to: "p.jsonl")
    var settings = PromptSet.Settings(longest: longest)
    settings.sources = [try PromptSource(parsing: scratch("p.jsonl") + ":messages")]
    return settings
  }

  /// As many turns as fit are kept, be they one, a few, or all but one.
  @Test(arguments: [(4000, 1), (4000, 2), (4000, 3), (4000, 13), (2, 1), (5, 4), (7, 5)])
  func oldestTurnsAreLeftOut(turns: Int, kept: Int) throws {
    var manifest = model.manifest
    manifest.tokens.chatTemplate = Self.template
    try scratch.write(manifest.json.text(), to: "exits/manifest.json")
    let chat = try Artifact(opening: model.path)
    let tokenizer = try chat.tokenizer()
    let template = try ChatTemplate(Self.template, bos: nil, eos: nil)
    let messages = Self.messages(turns: turns)
    let recent = [messages[0]] + messages.suffix(2 * kept - 1)
    let tokens = tokenizer.encode(
      try template.render(recent, addGenerationPrompt: true), addSpecialTokens: false)
    let set = try PromptSet(
      settings(messages, longest: tokens.count), chat, tokenizer: tokenizer)
    #expect(set.cut == 1 && set.prompts.count == 1)
    #expect(set.prompts[0].tokens == tokens)
  }

  /// A tokenizer of two letters, a token each, that makes them small.
  private func tokenizer() throws -> Tokenizer {
    try Tokenizer(
      JSONNode(
        [
          "version": "1.0", "normalizer": ["type": "Lowercase"],
          "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
          "decoder": ["type": "ByteLevel"],
          "model": ["type": "BPE", "vocab": ["a": 0, "b": 1], "merges": []],
        ], file: "tokenizer.json"))
  }

  /// No beginning of the tokens is a beginning of the text behind the letter that becomes another.
  @Test(arguments: [0, 3, 100, 50_000]) func textThatTheTokenizerChanges(before: Int) throws {
    let prompts = try PromptTokenizer(
      model, tokenizer: tokenizer(), longest: 100_000, usesChatTemplate: false)
    let text =
      String(repeating: "b", count: before) + "A" + String(repeating: "b", count: 200_000)
    let (tokens, isCut) = try prompts.encode(text, .plain)
    #expect(isCut && tokens == [Int](repeating: 1, count: before))
  }
}
