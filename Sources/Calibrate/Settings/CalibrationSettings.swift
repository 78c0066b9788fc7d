import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// The settings of a calibration.
package struct CalibrationSettings: Sendable {
  /// The promised risk: the highest expected loss of a prompt.
  package var risk = 0.05
  /// The probability, over the draw of calibration prompts, with which the promise may fail.
  package var delta = 0.05
  /// The promised risk of standalone mode; nil only measures it.
  package var standaloneRisk: Double?
  package var loss = PromptLoss.disagreement
  /// The test; nil takes exact binomial tests for losses of 0 and 1, and betting for others.
  package var procedure: CalibrationPromise.Procedure?
  /// The signal of the exits; nil takes the best on the tuning prompts.
  package var signal: ExitRecord.Signal?
  package var prompts: [PromptSource] = []
  /// The prompts to tune on; empty takes `tuningShare` of the other prompts.
  package var tuningPrompts: [PromptSource] = []
  package var tuningShare = 0.25
  package var references: String?
  package var excluded: Set<ContentDigest> = []
  package var limit: Int?
  package var maxTokens = 64
  package var longestPrompt = 384
  package var usesChatTemplate = true
  package var seed: UInt64 = 0
  package var threads: Int?
  package var numerics = Numerics.standard
  /// The command as given, with the names of files alone, for the record.
  package var command: [String] = []

  package init() {}
}

extension CalibrationSettings {
  /// The test that candidates go through: the one asked for, or the sharpest one for the loss.
  var testedBy: CalibrationPromise.Procedure { procedure ?? sharpestTest }

  /// The procedure of the upper bound of a risk that is only measured. Conformal control bounds nothing by
  /// itself.
  var boundedBy: CalibrationPromise.Procedure {
    testedBy == .conformal ? sharpestTest : testedBy
  }

  private var sharpestTest: CalibrationPromise.Procedure { loss.isBinary ? .binomial : .betting }

  /// The fewest prompts with which anything can pass.
  func fewestPrompts(risk: Double) -> Int {
    testedBy == .conformal
      ? ConformalControl.fewestPrompts(risk: risk)
      : RiskTest(procedure: testedBy, risk: risk, delta: delta).fewestPrompts
  }
}
