import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveText
import CleaveTrain
import TestSupport
import Testing

/// Conversations of several turns, all of which after the prompt the model writes itself.
@Suite struct ConversationsTests {
  private let fixture: TrainFixture
  private let artifact: Artifact
  private let tokenizer: Tokenizer

  init() throws {
    fixture = try TrainFixture()
    artifact = try fixture.model()
    tokenizer = try artifact.tokenizer()
  }

  private func prompts(chat: Bool = true) throws -> PromptTokenizer {
    try PromptTokenizer(artifact, tokenizer: tokenizer, longest: 96, usesChatTemplate: chat)
  }

  private func plan(_ turns: Int) throws -> CapturePlan {
    var plan = try fixture.plan(texts: TrainFixture.texts(60))
    plan.data.turns = turns
    plan.data.longest = 160
    plan.data.userTexts.maxTokens = 9
    return plan
  }

  @Test func turnsAreJoinedAsTheTemplateJoinsThem() throws {
    let joints = try #require(try prompts().joints())
    #expect(tokenizer.decode(joints.afterAnswer) == "<|im_end|>\n<|im_start|>user\n")
    #expect(tokenizer.decode(joints.afterText) == "<|im_end|>\n<|im_start|>assistant\n")
    #expect(try prompts(chat: false).joints() == nil)
  }

  /// The parts of a sequence after its prompt: answer, user's text, answer, ...
  private func parts(_ tokens: [Int], _ joints: PromptTokenizer.Joints) -> [[Int]] {
    var (parts, rest) = ([[Int]](), tokens[...])
    var current: [Int] = []
    while !rest.isEmpty {
      let joint = parts.count % 2 == 0 ? joints.afterAnswer : joints.afterText
      if rest.starts(with: joint) {
        parts.append(current)
        current = []
        rest = rest.dropFirst(joint.count)
      } else {
        current.append(rest.removeFirst())
      }
    }
    return parts + [current]
  }

  /// Each answer is what a session says after everything before it.
  @Test func everyAnswerIsTheModelsOwn() async throws {
    let plan = try plan(3)
    let store = try Capture(plan).run()
    let (model, pool) = (try WholeModel(artifact), try ThreadPool(threads: 1))
    let joints = try #require(try prompts().joints())
    let settings = try #require(plan.data.continuation)
    let generation = SelfGeneration(
      model: model, settings: settings, longest: 160, seed: plan.data.seed, pool: pool)
    var turns: Set<Int> = []
    for (index, record) in store.sequences.enumerated() {
      #expect(record.length <= 160)
      let tokens = try store.read(index).tokens.map(Int.init)
      let parts = parts(Array(tokens[record.promptLength...]), joints)
      #expect(parts.count % 2 == 1 && parts.count <= 5, "it ends with an answer")
      turns.insert(parts.count / 2 + 1)
      var text = Array(tokens[..<record.promptLength])
      for (number, part) in parts.enumerated() {
        if number % 2 == 0 {
          let session = WholeModelSession(
            model, sampling: generation.sampling(record.digest), pool: pool)
          let said = try await Generation(
            maxTokens: settings.maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText)
          ).run(session, prompt: text)
          #expect(said.answers.map(\.token) == part)
        } else {
          #expect((1...9).contains(part.count))
        }
        text += part + (number % 2 == 0 ? joints.afterAnswer : joints.afterText)
      }
    }
    #expect(turns.contains(3), "as long as asked for")
  }

  @Test func theBytesAreThoseOfTwoPasses() throws {
    let plan = try plan(2)
    let store = try Capture(plan).run()
    let again = try fixture.readAgain(store, plan, artifact)
    for name in ["sequences.bin", "tokens.bin", "states.bin", "teacher.bin"] {
      #expect(
        try readFile("\(again)/\(name)") == (try readFile("\(plan.directory)/\(name)")), "\(name)")
    }
  }

  /// One turn is what it was, and keeps its key.
  @Test func theKeyNamesTurnsWhereThereAreSeveral() throws {
    var plan = try plan(1)
    let one = try Capture(plan).run()
    let settings = try FileSystem.readJSON("\(plan.directory)/capture.json").required("settings")
    #expect(try settings.optional("turns") == nil)
    plan.data.userTexts.maxTokens = 30
    #expect(try Capture(plan).existing()?.key == one.key)
    plan.data.turns = 2
    #expect(try Capture(plan).existing() == nil)
  }

  @Test func whatCannotBeIsRefused() throws {
    var plan = try plan(0)
    func refuse(_ setting: String) {
      #expect {
        _ = try Capture(plan).run()
      } throws: {
        ($0 as? SettingError)?.setting.description == setting
      }
    }
    refuse("turns")
    plan.data.turns = 2
    plan.data.userTexts.maxTokens = 0
    refuse("self-prompt tokens")
    plan.data.userTexts.maxTokens = 9
    plan.data.usesChatTemplate = false
    refuse("turns")
    plan.data.usesChatTemplate = true
    plan.data.continuation = nil
    refuse("turns")
  }

  @Test(arguments: [
    ("{{ messages[0]['content'] }}", "a conversation that lacks some of its texts"),
    (
      "{% for message in messages %}{{ message['content'] }}{% endfor %}",
      "nothing between the turns"
    ),
  ])
  func aTemplateOfOneTurnIsRefused(_ template: String, _ text: String) throws {
    var manifest = artifact.manifest
    manifest.tokens.chatTemplate = template
    try fixture.scratch.write(manifest.json.text(), to: "model/manifest.json")
    let changed = try Artifact(opening: artifact.path)
    let prompts = try PromptTokenizer(
      changed, tokenizer: tokenizer, longest: 96, usesChatTemplate: true)
    #expect {
      try prompts.joints()
    } throws: {
      "\($0)".contains(text)
    }
  }
}
