import CleaveEvaluate
import CleaveStorage
import Testing

@Suite struct PromptLossTests {
  private func judged(
    _ text: String = "", model: String = "", references: [String] = [], tokens: [Int] = [1],
    truths: [Int] = [1], modelTokens: [Int] = [1]
  ) -> JudgedText {
    JudgedText(
      prompt: "p", tokens: tokens, truths: truths, text: text, modelText: model,
      modelTokens: modelTokens, references: references)
  }

  private func loss(_ loss: PromptLoss, _ text: JudgedText) async throws -> Double {
    // Measured with other texts, so that each text must get its own loss.
    let other = judged("other", model: "other", references: ["other"])
    let losses = try await LossMeter(loss).losses(of: [other, text, other])
    #expect(losses.count == 3)
    return losses[1]
  }

  @Test func namesRoundTrip() {
    let names: [(String, PromptLoss)] = [
      ("disagreement", .disagreement), ("mismatch", .mismatch), ("rouge", .rouge),
      ("reference-rouge", .referenceRouge), ("rouge-drop", .rougeDrop),
      ("accuracy-drop", .accuracyDrop),
      ("command:./judge --of 'a:b'", .command("./judge --of 'a:b'")),
      ("command: x ", .command(" x ")),
    ]
    for (name, loss) in names {
      #expect(PromptLoss(text: name) == loss)
      #expect(loss.description == name)
    }
  }

  @Test(arguments: [
    "", "Mismatch", "rouge ", "rouge-l", "command", "command:", "command: \n", "command:a\0b",
    "Command:x",
  ])
  func othersAreNone(text: String) { #expect(PromptLoss(text: text) == nil) }

  @Test func kinds() {
    let all: [PromptLoss] = [
      .disagreement, .mismatch, .rouge, .referenceRouge, .rougeDrop, .accuracyDrop, .command("x"),
    ]
    #expect(all.filter(\.isBinary) == [.mismatch, .accuracyDrop])
    #expect(all.filter(\.needsReferences) == [.referenceRouge, .rougeDrop, .accuracyDrop])
  }

  @Test func disagreementIsAShareOfTokens() async throws {
    #expect(
      try await loss(.disagreement, judged(tokens: [1, 2, 3, 0], truths: [1, 9, 3, 9])) == 0.5)
    #expect(try await loss(.disagreement, judged(tokens: [1, 2], truths: [1, 2])) == 0)
    #expect(try await loss(.disagreement, judged(tokens: [5], truths: [0], modelTokens: [5])) == 1)
    #expect(try await loss(.disagreement, judged(tokens: [], truths: [])) == 0)
  }

  @Test func mismatchIsOfTheWholeText() async throws {
    #expect(
      try await loss(.mismatch, judged(tokens: [1, 2], truths: [1, 9], modelTokens: [1, 2])) == 0)
    #expect(
      try await loss(.mismatch, judged(tokens: [1, 2], truths: [1, 2], modelTokens: [1])) == 1)
    #expect(try await loss(.mismatch, judged(tokens: [1], modelTokens: [1, 2])) == 1)
  }

  @Test func rougeIsToTheModelsText() async throws {
    let text = judged("a b c", model: "a b d", references: ["a b c"])
    #expect(abs(try await loss(.rouge, text) - 1 / 3.0) < 1e-12)
    #expect(try await loss(.rouge, judged("", model: "")) == 0)
    #expect(try await loss(.rouge, judged("?", model: "")) == 1)
  }

  @Test func theBestReferenceCounts() async throws {
    let text = judged("a b c", model: "x", references: ["x", "a b d", "a"])
    #expect(abs(try await loss(.referenceRouge, text) - 1 / 3.0) < 1e-12)
  }

  @Test func rougeDropIsNeverAGain() async throws {
    let references = ["a b c d", "e"]
    let good = judged("a b c d", model: "a b x y", references: references)
    let bad = judged("a b x y", model: "a b c d", references: references)
    #expect(try await loss(.rougeDrop, good) == 0)
    #expect(try await loss(.rougeDrop, bad) == 0.5)
    // The best reference of each text, which need not be the same one.
    let other = judged("e", model: "a b c d", references: references)
    #expect(try await loss(.rougeDrop, other) == 0)
  }

  @Test(arguments: [
    ("It is in Rome.", "It is in Paris.", ["Paris"], 1.0), ("Paris", "Rome", ["Paris"], 0.0),
    ("Rome", "Milan", ["Paris"], 0.0), ("Paris", "Paris", ["Paris"], 0.0),
    ("Lutetia", "Paris", ["Paris", "lutetia"], 0.0),
    ("in the US", "in the U.S.", ["U.S."], 0.0), ("O’Brien", "O'Brien", ["O'Brien"], 0.0),
    ("the  Lord of a Ring", "x lord of rings", ["A lord of the RING!"], 0.0),
    ("lord ring of", "lord of ring", ["lord of ring"], 1.0),
    ("a party", "art", ["art"], 1.0), ("party art", "art", ["art"], 0.0),
    ("Paris—France", "France", ["France"], 0.0), ("在北京。", "北京", ["北京"], 0.0),
    ("B", "A", ["A"], 1.0), ("A", "It is A.", ["A"], 0.0), ("x", "!!", ["!!"], 0.0),
  ])
  func accuracyDrop(
    text: String, model: String, references: [String], expected: Double
  ) async throws {
    #expect(
      try await loss(.accuracyDrop, judged(text, model: model, references: references)) == expected)
  }

  @Test(arguments: [PromptLoss.referenceRouge, .rougeDrop, .accuracyDrop])
  func referencesMustBeThere(loss: PromptLoss) async {
    let error = await #expect(throws: InputError.self) {
      try await LossMeter(loss).losses(of: [judged("a", references: ["a"]), judged("b")])
    }
    #expect(error?.file == "prompt \"p\"")
    #expect(error?.found == "no references")
  }
}
