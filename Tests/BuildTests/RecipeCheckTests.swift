import CleaveBuild
import CleaveStorage
import TestSupport
import Testing

/// A change of the tiny recipe or its files, and what is then said before any stage runs.
struct LateFault: Sendable, CustomTestStringConvertible {
  let name: String
  /// Texts of the recipe, each with what stands in its place.
  let edits: [(String, String)]
  /// Files, each with its text.
  let files: [(String, String)]
  let fault: String

  var testDescription: String { name }

  init(
    _ name: String, _ edits: [(String, String)] = [], files: [(String, String)] = [],
    _ fault: String
  ) {
    (self.name, self.edits, self.files, self.fault) = (name, edits, files, fault)
  }

  init(_ name: String, _ old: String, _ new: String, _ fault: String) {
    self.init(name, [(old, new)], fault)
  }
}

/// What only the checkpoint or the prompts tell of a recipe is said before any stage runs.
@Suite struct RecipeCheckTests {
  private let fixture: BuildFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try BuildFixture() }

  private static let trained = "{\"text\":\" the 3 small dogs and 21\\n\"}\n"
  private static let calibrated = "{\"text\":\"the 103 small dogs and 721\"}\n"
  private static let noExports = (
    "exports:\n  - {name: edge-hf, format: hf, of: model, exit: 2}\n", ""
  )
  private static let all = ("field: text, count: 8}", "field: text}")

  static let exits: [LateFault] = [
    .init(
      "a depth beyond the model", "at: [2, 4]", "at: [2, 9]",
      "line 3, column 17: exits.at[1]: found depth 9; expected less than the model's 6 blocks: no block is left for the cloud"
    ),
    .init(
      "tails of more blocks than the model", "\"tail:1\"", "\"tail:4\"",
      "line 3, column 27: exits.body: found 8 blocks in tails that go on from depth 2; expected at most 6"
    ),
    .init(
      "a map of too high a rank", [("\"tail:1\"", "\"affine:65+tail:1\""), noExports],
      "exits.body: found rank 65; expected from 1 to the hidden size, 64"),
    .init(
      "an exit without a tail that replaces blocks", "\"tail:1\"", "[\"tail:1\", norm]",
      "exits.body: found the body norm at depth 4, in place of blocks; expected a tail. With exits.replace, every exit"
    ),
    .init(
      "a vocabulary larger than the model's",
      [("replace: true}", "replace: true, vocabulary: 999}"), noExports],
      "exits.vocabulary: found 999, and a model of 320 tokens; expected at most as many"),
    .init(
      "tails that begin beyond the model", "replace: true}", "replace: true, init: 9}",
      "found tails that begin as block 9; expected a block of the model, from 0 to 5"),
    .init(
      "feedback of states that the edge has", "replace: true}",
      "replace: true, init: 1, feedback: true}",
      "found feedback for a tail that begins as block 1; expected a tail that begins deeper than its exit at 2"
    ),
    .init(
      "no room for a search",
      [("at: [2, 4], body: \"tail:1\"", "at: [2, 5], body: \"tail:3\", init: auto")],
      "found 6 blocks in tails that go on from depth 2; expected at most the 4 after depth 2, to choose among. Give exits.init last"
    ),
  ]

  static let room: [LateFault] = [
    .init(
      "sequences longer than the context", "longest: 64", "longest: 513",
      "line 7, column 12: train.longest: found 513 tokens; expected at most the model's context, 512"
    ),
    .init(
      "more teacher tokens than the model has", "longest: 64", "teacher_tokens: 321",
      "train.teacher_tokens: found 321; expected from 1 to 320"),
    .init(
      "answers longer than the context", "max_tokens: 4}", "max_tokens: 513}",
      "evaluate.max_tokens: found 512; expected at least 1 + 513 - 1, for a prompt and its answer"),
    .init(
      "calibration beyond the context", "  max_tokens: 4", "  max_tokens: 200",
      "calibrate.max_tokens: found 512; expected at least 384 + 200, for a prompt and its answer. Lower calibrate.max_prompt_tokens or calibrate.max_tokens"
    ),
    .init(
      "a context beyond the checkpoint's", "cleave: 1", "cleave: 1\nimport: {context: 999}",
      "line 2, column 19: import.context: found 999; expected from 1 to 512"),
    .init(
      "no chat template to measure with", "cleave: 1", "cleave: 1\nimport: {chat_template: false}",
      "evaluate: found a model without a chat template; expected one"),
    .init(
      "no chat template to calibrate with",
      [
        ("cleave: 1", "cleave: 1\nimport: {chat_template: false}"),
        ("evaluate: {prompts: [{file: check.jsonl, field: text, count: 2}], max_tokens: 4}\n", ""),
      ],
      "calibrate: found a model without a chat template; expected chat_template: false"),
  ]

  static let prompts: [LateFault] = [
    .init(
      "nothing held out", "held_out_one_in: 4", "held_out_one_in: 1000000",
      "line 8, column 20: train.held_out_one_in: found none held out of 24 prompts, at one in 1000000; expected at least one held out"
    ),
    .init(
      "too few prompts of the model's own", "prompts: [{file: train.jsonl, field: text}]",
      "self_prompt: 3",
      "train.held_out_one_in: found none held out of 0 prompts, 3 prompts of the model's own, at one in 4; expected at least 4 prompts of the model's own"
    ),
    .init(
      "nothing to train on", files: [("train.jsonl", "{\"text\":\" \"}\n")],
      "train: found 0 prompts, none to train on; expected at least one"),
    .init(
      "a trained prompt that is calibrated on", [all],
      files: [("calibrate.jsonl", trained + calibrated)],
      "line 16, column 13: calibrate.prompts[0]: found \" the 3 small dogs and 21\\u{a}\" (SHA-256 "
    ),
    .init(
      "a trained prompt that is measured on", files: [("check.jsonl", trained)],
      "which train.prompts[0] has too; expected prompts that nothing was trained on. Name this file under train.exclude"
    ),
    .init(
      "a calibrated prompt that is tuned on",
      [("  risk: 0.5", "  tuning: [{file: tune.jsonl, field: text}]\n  risk: 0.5"), all],
      files: [("tune.jsonl", calibrated)],
      "calibrate.tuning[0]: found \"the 103 small dogs and 721\""),
    .init(
      "a calibrated prompt that is held out",
      [
        all,
        (
          "evaluate: {prompts: [{file: check.jsonl, field: text, count: 2}], max_tokens: 4}\n", ""
        ),
      ], files: [("check.jsonl", calibrated)],
      "which calibrate.prompts[0] has too; expected prompts that nothing was calibrated on. Take the prompt out"
    ),
    .init(
      "a calibrated prompt that is verified with", [all],
      files: [("prompts.txt", "The small dog\nthe 103 small dogs and 721\n")],
      "line 20, column 19: verify.prompts: found \"the 103 small dogs"),
    .init(
      "too few prompts for the promise", [("  risk: 0.5", "  risk: 0.01")],
      "line 16, column 12: calibrate.prompts: found 6 prompts to calibrate on; expected at least 69: with fewer"
    ),
    .init(
      "one prompt to calibrate on", files: [("calibrate.jsonl", calibrated)],
      "calibrate.prompts: found 1 prompts, 0 of them to tune on"),
    .init(
      "no prompts", files: [("check.jsonl", "\n")],
      "evaluate.prompts: found no prompts in these files; expected at least one"),
    .init(
      "no lines to verify with", files: [("prompts.txt", "\n\n")],
      "verify.prompts: found no lines in this file; expected a prompt on each line"),
  ]

  @Test(arguments: exits + room + prompts) func isRefusedBeforeAnythingRuns(
    _ late: LateFault
  ) async throws {
    for (old, new) in late.edits { try scratch.edit("tiny.yaml", old, new) }
    for (path, text) in late.files { try scratch.write(text, to: path) }
    let recipe = try fixture.recipe()
    let error = try #require(
      #expect(throws: InputError.self) { try fixture.build(recipe).forecast() })
    let fault = error.description
    #expect(fault.contains("tiny.yaml: line "), "\(fault)")
    #expect(fault.contains(late.fault), "\(fault)")
    #expect(!fault.contains("--"), "\(fault)")
    var build = try fixture.build(recipe)
    build.onEvent = { _ in Issue.record("a stage began") }
    let checked = build
    await #expect(throws: error) { try await checked.run() }
  }

  /// Exits that are not trained are held against the model too.
  @Test func exitsThatAreNotTrainedAreChecked() throws {
    let text = "cleave: 1\nsource: {checkpoint: checkpoint}\nexits: {at: [2], body: \"tail:1\"}\n"
    try scratch.write(text, to: "tiny.yaml")
    _ = try fixture.build(try fixture.recipe()).forecast()
    try scratch.edit("tiny.yaml", "tail:1", "tail:7")
    #expect {
      _ = try fixture.build(try fixture.recipe()).forecast()
    } throws: { "\($0)".contains("line 3, column 24: exits.body: found 7 blocks in tails") }
  }

  /// What training leaves out may be calibrated on.
  @Test func excludedPromptsAreOnOneSide() throws {
    try scratch.write(Self.trained, to: "check.jsonl")
    try scratch.edit(
      "tiny.yaml", "  self_generate: 8",
      "  self_generate: 8\n  exclude: [{file: check.jsonl, field: text}]")
    _ = try fixture.build(try fixture.recipe()).forecast()
  }

  /// Other losses can be promised with fewer prompts, which are counted once.
  @Test func repeatedPromptsCountOnce() throws {
    try scratch.write(String(repeating: Self.calibrated, count: 200), to: "calibrate.jsonl")
    try scratch.edit("tiny.yaml", Self.all.0, Self.all.1)
    #expect {
      _ = try fixture.build(try fixture.recipe()).forecast()
    } throws: { "\($0)".contains("found 1 prompts, 0 of them to tune on") }
  }
}
