import CleaveModel

/// The promise of a mode, or its measured risk, in plain words that claim no more than was proved.
struct Statement {
  let mode: Mode
  private let outcome: CalibrationMode
  private let loss: String
  private let prompts: Int
  private let lastExit: Int

  init(_ mode: Mode, _ report: Report) {
    self.mode = mode
    outcome = report.outcome(mode)
    loss = report.record.loss
    prompts = report.record.calibration.prompts
    lastExit = report.exits.last?.depth ?? 0
  }

  var text: String { "\(claim) \(consequence)" }

  /// The sentence with the promise.
  var claim: String {
    guard let promise = outcome.promise else { return measured }
    guard promise.passed else {
      let confidence = promise.delta.map { " with \((1 - $0).roundPercent) confidence" } ?? ""
      return "Nothing passed: no thresholds kept \(bound(promise.risk))\(confidence)."
    }
    guard promise.procedure != .conformal, let delta = promise.delta else {
      return "In expectation, \(statement(promise.risk))."
    }
    return "With \((1 - delta).roundPercent) confidence, \(statement(promise.risk))."
  }

  /// The sentence about the cost.
  private var consequence: String {
    let failed = outcome.promise?.passed == false
    switch mode {
    case .collaborative:
      return failed
        ? "Every exit is off: the cloud gives every token."
        : "\(outcome.cloudShare.percent) of tokens need the cloud."
    case .standalone:
      return failed
        ? "What no exit is sure of, exit \(lastExit) answers all the same. \(measured)"
        : "No token needs the cloud."
    }
  }

  private var isOfTokens: Bool { loss == "disagreement" }

  private func statement(_ risk: Double) -> String {
    isOfTokens
      ? "on average at most \(risk.roundPercent) of tokens on new prompts of this source differ from the "
        + "whole model (loss: disagreement)"
      : "the loss on new prompts of this source is on average at most \(risk.roundPercent) "
        + "(loss: \(loss))"
  }

  private func bound(_ risk: Double) -> String {
    isOfTokens
      ? "at most \(risk.roundPercent) of tokens different from the whole model's"
      : "a mean loss (\(loss)) of at most \(risk.roundPercent)"
  }

  private var measured: String {
    let what = isOfTokens ? "of tokens differ from the whole model" : "is the mean loss (\(loss))"
    let start =
      "Measured, not promised: \(outcome.risk.percent) \(what) on \(prompts.counted("prompt"))"
    guard let bound = outcome.upperBound else { return "\(start)." }
    return
      "\(start); below \(bound.risk.percent) with \((1 - bound.delta).roundPercent) confidence."
  }
}

extension CalibrationPromise.Procedure {
  var title: String {
    switch self {
    case .betting: "Learn-then-Test, betting p-values"
    case .hoeffdingBentkus: "Learn-then-Test, Hoeffding-Bentkus p-values"
    case .binomial: "Learn-then-Test, exact binomial p-values"
    case .conformal: "conformal risk control"
    }
  }
}
