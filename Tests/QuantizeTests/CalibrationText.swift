import CleaveEvaluate
import CleaveModel
import CleaveQuantize
import CleaveRuntime
import CleaveText
import TestSupport

/// The golden text in two halves: one to quantize models with, the other to evaluate them on.
struct CalibrationText {
  let training: String
  let heldOut: String
  /// The context length of the test models.
  static let windowLength = 64

  init(in scratch: Scratch) throws {
    let bytes = try readFile(Golden.path("evaluate/text.txt"))
    let middle = bytes[(bytes.count / 2)...].firstIndex(of: UInt8(ascii: " ")) ?? 0
    training = try scratch.write(Array(bytes[..<middle]), to: "training.txt")
    heldOut = try scratch.write(Array(bytes[middle...]), to: "held-out.txt")
  }

  func settings(windows: Int = 4) -> QuantizationSettings.Text {
    var text = QuantizationSettings.Text(path: training)
    text.windows = windows
    text.windowLength = Self.windowLength
    return text
  }

  /// Windows of the training text as tokens.
  func windows(_ artifact: Artifact, _ count: Int) throws -> [[Int]] {
    let text = try EvaluationText(
      path: training, tokenizer: try Tokenizer(artifact.tokenizerJSON()),
      windowLength: Self.windowLength, windows: count)
    return (0..<count).map { text.window($0).tokens }
  }

  /// The mean KL divergence of a model from another on the other half, in nats.
  func divergence(of model: Artifact, from reference: Artifact) async throws -> Double {
    var settings = Evaluation.Settings()
    settings.windowLength = Self.windowLength
    settings.numerics = .exact
    let report = try await Evaluation(
      model: model, reference: reference, data: heldOut, settings: settings
    ).run()
    return report.comparison?.divergence.value ?? .nan
  }
}
