import CleaveModel
import CleaveStorage
import CleaveText
import CleaveConvert
import CleaveRuntime
import TestSupport
import Testing

import CleaveEvaluate

/// The results of tools/golden/evaluate.py for two models, from transformers' logits.
struct GoldenPair: Sendable, CustomTestStringConvertible {
  let name: String
  let node: JSONNode
  let windowLength: Int
  let windowCount: Int
  let tokens: Int

  static let all: [GoldenPair] = {
    do {
      let file = try FileSystem.readJSON(Golden.path("evaluate/expected.json"))
      return try file.required("pairs").elements().map {
        GoldenPair(
          name: try $0.required("name").string(), node: $0,
          windowLength: try file.required("window_length").int(),
          windowCount: try file.required("window_count").int(),
          tokens: try file.required("tokens").int())
      }
    } catch { fatalError("\(error)") }
  }()

  var testDescription: String { name }

  func artifact(_ role: String, _ scratch: Scratch) throws -> Artifact {
    let checkpoint = try node.required(role).string()
    return try TinyModel(checkpoint: checkpoint, expectation: "").imported(
      into: scratch, name: role)
  }

  func numbers(_ name: String) throws -> [Double] {
    try node.required(name).elements().map { try $0.number() }
  }
}

@Suite struct EvaluationTests {
  private static let text = Golden.path("evaluate/text.txt")

  private static func near(_ found: Estimate, _ judged: [Double]) -> Bool {
    abs(found.value - judged[0]) < 1e-4 * max(1, judged[0])
      && abs((found.standardError ?? .nan) - judged[1]) < 1e-4 * max(1, judged[1])
  }

  private static func settings(_ pair: GoldenPair) -> Evaluation.Settings {
    var settings = Evaluation.Settings()
    settings.windowLength = pair.windowLength
    settings.windows = pair.windowCount
    settings.threads = 2
    settings.numerics = .exact
    return settings
  }

  @Test(arguments: GoldenPair.all)
  func statisticsAreThoseOfTransformers(_ pair: GoldenPair) async throws {
    let scratch = try Scratch()
    let report = try await Evaluation(
      model: try pair.artifact("model", scratch),
      reference: try pair.artifact("reference", scratch),
      data: Self.text, settings: Self.settings(pair)
    ).run()
    #expect(report.textTokens == pair.tokens)
    #expect(report.scoredTokens == pair.windowCount * (pair.windowLength / 2 - 1))
    let comparison = try #require(report.comparison)
    for (name, found) in [
      ("perplexity", report.model.perplexity),
      ("reference_perplexity", comparison.reference.perplexity),
      ("log_perplexity_ratio", comparison.logPerplexityRatio),
      ("divergence", comparison.divergence),
      ("top_agreement", comparison.topAgreement),
      ("probability_change_rms", comparison.probabilityChange),
    ] {
      #expect(Self.near(found, try pair.numbers(name)), "\(name): \(found)")
    }
    for (name, found) in [
      ("divergence_median", comparison.medianDivergence),
      ("divergence_99_percent", comparison.divergence99),
      ("divergence_largest", comparison.largestDivergence),
    ] {
      let judged = try pair.node.required(name).number()
      #expect(abs(found - judged) < 1e-4 * max(1, judged), "\(name): \(found)")
    }
  }

  /// Compared token by token, because two errors could cancel in a mean.
  @Test(arguments: GoldenPair.all)
  func scoresAreThoseOfTransformers(_ pair: GoldenPair) async throws {
    let scratch = try Scratch()
    let report = try await Evaluation(
      model: try pair.artifact("model", scratch),
      reference: try pair.artifact("reference", scratch),
      data: Self.text, settings: Self.settings(pair)
    ).run()
    let windows = try pair.node.required("windows").elements()
    #expect(report.windows.count == windows.count)
    for (window, judged) in zip(report.windows, windows) {
      func numbers(_ name: String) throws -> [Double] {
        try judged.required(name).elements().map { try $0.number() }
      }
      let (nll, kld, same) = (
        try numbers("nll"), try numbers("kld"), try numbers("same_top")
      )
      #expect(window.tokens.count == nll.count)
      for (index, token) in window.tokens.enumerated() {
        let comparison = try #require(token.comparison)
        #expect(abs(-token.logProbability - nll[index]) < 1e-4)
        #expect(abs(comparison.divergence - kld[index]) < 1e-4)
        #expect((comparison.sameTop ? 1 : 0) == same[index])
      }
    }
  }

  @Test func aModelDoesNotDivergeFromItself() async throws {
    let scratch = try Scratch()
    let model = try TinyModel.q4_1.imported(into: scratch)
    var settings = Self.settings(GoldenPair.all[0])
    settings.windows = 2
    let report = try await Evaluation(
      model: model, reference: model, data: Self.text, settings: settings
    ).run()
    let comparison = try #require(report.comparison)
    #expect(abs(comparison.largestDivergence) < 1e-12)
    #expect(comparison.topAgreement == Estimate(value: 1, standardError: 0))
    #expect(comparison.probabilityChange == Estimate(value: 0, standardError: 0))
    #expect(comparison.logPerplexityRatio == Estimate(value: 0, standardError: 0))
    #expect(comparison.reference == report.model)
  }

  @Test func scoresDoNotDependOnThreads() async throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.imported(into: scratch)
    let text = try EvaluationText(
      path: Self.text, tokenizer: try Tokenizer(try model.tokenizerJSON()), windowLength: 200)
    func scores(threads: Int) async throws -> WindowScores {
      try await Scorer(try WholeModel(model), pool: try ThreadPool(threads: threads))
        .score(text.window(1))
    }
    let one = try await scores(threads: 1)
    #expect(try await scores(threads: 3) == one)
    #expect(one.tokens.count == 99)
    #expect(one.tokens.allSatisfy { $0.comparison == nil && $0.logProbability < 0 })
  }

  @Test func progressEndsWithAllTokens() async throws {
    let scratch = try Scratch()
    var settings = Self.settings(GoldenPair.all[0])
    settings.windows = 3
    var evaluation = try Evaluation(
      model: try TinyModel.q4_1.imported(into: scratch), data: Self.text, settings: settings)
    var seen: [[Int]] = []
    evaluation.progress = { seen.append([$0, $1]) }
    _ = try await evaluation.run()
    let done = seen.map { $0[0] }
    #expect(done == done.sorted() && done.count >= 6)
    #expect(seen.last == [3 * 63, 3 * 63])
  }
}
