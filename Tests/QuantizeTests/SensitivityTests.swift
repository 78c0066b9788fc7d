import CleaveEvaluate
import CleaveModel
import CleaveQuantize
import CleaveRuntime
import Glibc
import TestSupport
import Testing

/// Tests of the effect of one matrix on the output.
@Suite struct SensitivityTests {
  private let scratch: Scratch
  private let text: CalibrationText
  private let pool: ThreadPool

  init() throws {
    scratch = try Scratch()
    text = try CalibrationText(in: scratch)
    pool = try ThreadPool(threads: 2)
  }

  private func name(_ text: String, _ model: Artifact) throws -> WeightName {
    try #require(
      WeightName.all(in: model.manifest.configuration).first { $0.text == text })
  }

  /// Replacing a tensor by itself changes nothing.
  @Test(arguments: [false, true]) func itselfChangesNothing(tied: Bool) throws {
    let model = try SmallModel(tied: tied).make(in: scratch)
    let sensitivity = try Sensitivity(model, texts: try text.windows(model, 2), pool: pool)
    for (name, tensor) in try allTensors(model) where !name.contains("norm") {
      let found = try sensitivity.divergence(with: tensor, for: try self.name(name, model))
      #expect(abs(found) < 1e-12, "\(name): \(found)")
    }
  }

  private func logits(_ artifact: Artifact, _ tokens: [Int]) async throws -> [Float] {
    let session = WholeModelSession(try WholeModel(artifact), numerics: .standard, pool: pool)
    try await session.feed(tokens)
    return await session.logits(ofLast: tokens.count)
  }

  /// The divergence equals that of a model with only that matrix rounded, over the second halves of
  /// the windows.
  @Test(arguments: [
    "token_embedding.weight", "blocks.0.attention.value.weight",
    "blocks.2.feed_forward.down.weight",
    "head.weight",
  ])
  func itIsTheDivergenceOfTheModelWithIt(name: String) async throws {
    let model = try SmallModel().make(in: scratch)
    _ = try Quantizer(
      source: model.path, target: scratch("rounded"),
      settings: settings(.f16, overrides: [".=F32", "^\(name)=Q4_0"])
    ).run()
    let rounded = try Artifact(opening: scratch("rounded"))
    let tensor = try #require(try allTensors(rounded)[name])
    #expect(tensor.type == .q4_0)
    let texts = try text.windows(model, 2)
    let found = try Sensitivity(model, texts: texts, pool: pool)
      .divergence(with: tensor, for: try self.name(name, model))
    var sum = 0.0
    for tokens in texts {
      let (truth, other) = (try await logits(model, tokens), try await logits(rounded, tokens))
      for row in tokens.count / 2..<tokens.count {
        sum += divergence(
          truth[(row * 320)..<(row * 320 + 320)], other[(row * 320)..<(row * 320 + 320)])
      }
    }
    let expected = sum / Double(texts.count * 32)
    #expect(expected > 0 && abs(found - expected) < 1e-6 * max(expected, 1e-3), "\(found)")
  }

  /// The divergence from its definition.
  private func divergence(_ truth: ArraySlice<Float>, _ other: ArraySlice<Float>) -> Double {
    func logProbabilities(_ logits: ArraySlice<Float>) -> [Double] {
      let sum = logits.reduce(0.0) { $0 + exp(Double($1)) }
      return logits.map { Double($0) - log(sum) }
    }
    return zip(logProbabilities(truth), logProbabilities(other)).reduce(0) {
      $0 + exp($1.0) * ($1.0 - $1.1)
    }
  }
}
