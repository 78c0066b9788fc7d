import CleaveBuild
import CleaveEvaluate
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// The stage that compares the whole model with its source.
@Suite struct BuildQualityTests {
  private let fixture: BuildFixture
  private var scratch: Scratch { fixture.scratch }

  private static let recipe = """
    cleave: 1
    name: tiny
    source: {checkpoint: checkpoint}
    quantize: {recipe: q4_0, effort: plain}
    quality: {text: text.txt, windows: 3, window_length: 32}
    exits: {at: [2]}
    verify: {prompts: prompts.txt, max_tokens: 2}

    """

  init() throws {
    fixture = try BuildFixture()
    try fixture.scratch.write(Golden.bytes("evaluate/text.txt"), to: "text.txt")
    try fixture.scratch.write(Self.recipe, to: "tiny.yaml")
  }

  /// What the build says is what `cleave eval --reference` says of the models of its output.
  @Test func theRoundedModelIsComparedWithItsSource() async throws {
    let result = try await fixture.make("out", try fixture.recipe())
    #expect(
      result.stages.map(\.name) == [
        "import", "quantize", "quality", "exits", "partition", "verify",
      ])
    var settings = Evaluation.Settings()
    (settings.windows, settings.windowLength) = (3, 32)
    let expected = try await Evaluation(
      model: try Artifact(opening: scratch("out/model-quantized")),
      reference: try Artifact(opening: scratch("out/model")), data: scratch("text.txt"),
      settings: settings
    ).run()
    let facts = try #require(result.stages.first { $0.name == "quality" }?.entry.facts)
    #expect(facts.text() == expected.json.text())
    let comparison = try #require(expected.comparison)
    #expect(comparison.divergence.value > 0.001)
    let summary = String(decoding: try readFile(scratch("out/summary.md")), as: UTF8.self)
    let row = try #require(summary.split(separator: "\n").first { $0.hasPrefix("| text.txt | ") })
    let cells = row.split(separator: "|").dropFirst().map { String($0.filter { $0 != " " }) }
    #expect(cells[0] == "\(expected.scoredTokens)")
    for (cell, value) in [
      (cells[1], expected.model.perplexity.value),
      (cells[2], comparison.reference.perplexity.value), (cells[3], comparison.divergence.value),
      (cells[4], comparison.divergence99),
    ] { #expect(abs(try #require(Double(cell)) - value) <= 0.0005, "\(cell)") }
    #expect(abs((Double(cells[5].dropLast()) ?? 0) - 100 * comparison.topAgreement.value) <= 0.05)
    let page = String(decoding: try readFile(scratch("out/build.html")), as: UTF8.self)
    #expect(page.contains("Quality against the source") && page.contains("<td>\(cells[1])</td>"))
  }

  /// Without a quantization the model is the source, and what differs is how it is computed.
  @Test func aModelThatIsItsSourceIsMeasuredToo() async throws {
    try scratch.edit("tiny.yaml", "quantize: {recipe: q4_0, effort: plain}\n", "")
    let result = try await fixture.make("out", try fixture.recipe())
    let facts = JSONNode(
      try #require(result.stages.first { $0.name == "quality" }?.entry.facts), file: "facts")
    let identifier = try facts.required("model_id").string()
    #expect(try facts.required("reference_model_id").string() == identifier)
  }

  /// Another text measures anew, and trains and rounds nothing anew.
  @Test func anotherTextIsMeasuredAlone() async throws {
    try await fixture.make("out", try fixture.recipe())
    let again = try await fixture.make("out", try fixture.recipe("quality.windows=2"))
    #expect(again.stages.filter { !$0.isReused }.map(\.name) == ["quality"])
  }

  @Test func aTextThatIsTooShortIsSaidAtTheRecipe() async throws {
    try scratch.write("short", to: "text.txt")
    do {
      try await fixture.make("out", try fixture.recipe())
      Issue.record("it was measured")
    } catch let error as InputError {
      #expect(error.description.contains("expected at least 3"), "\(error)")
    }
  }

  @Test func aWindowBeyondTheContextIsRefusedBeforeAnythingRuns() throws {
    #expect {
      _ = try fixture.build(try fixture.recipe("quality.window_length=100000")).forecast()
    } throws: {
      "\($0)".contains(
        "quality.window_length: found 100000 tokens in a window; expected at most the ")
    }
  }
}
