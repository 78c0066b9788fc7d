import ArgumentParser
import CleaveCalibrate
import CleaveEvaluate
import CleaveModel

/// Options of the promise that `cleave calibrate` makes.
struct PromiseOptions: ParsableArguments {
  @Option(help: "The promised bound on the expected loss.")
  var risk = 0.05

  @Option(help: "The allowed probability that the promise fails because of the prompts drawn.")
  var delta = 0.05

  @Option(
    help: """
      Promise this risk for the edge alone too, where the last exit always answers (default: measure it \
      without a promise).
      """)
  var standaloneRisk: Double?

  @Option(
    help: """
      Loss of a text: disagreement, mismatch, rouge, reference-rouge, rouge-drop, accuracy-drop or command:PROGRAM.
      """)
  var loss = "disagreement"

  @Option(
    help: """
      Statistical test of the promise: binomial (for losses of 0 and 1), betting or hoeffding_bentkus \
      for a promise that holds with probability 1 - delta; conformal for one that holds in expectation \
      (default: binomial where the loss is 0 or 1, else betting).
      """)
  var procedure: CalibrationPromise.Procedure?

  @Option(
    help:
      "Confidence signal: max_probability, margin or entropy (default: the best on the tuning prompts)."
  )
  var signal: ExitRecord.Signal?

  /// The smallest risk and delta; smaller ones would need millions of prompts.
  private static let least = 1e-6

  func check() throws {
    for (name, value) in [
      ("--risk", risk), ("--delta", delta), ("--standalone-risk", standaloneRisk ?? 0.5),
    ] where !(Self.least...(1 - Self.least)).contains(value) {
      throw ValidationError(
        "\(name) \(value): expected a number from \(Self.least) to \(1 - Self.least)")
    }
    guard let loss = PromptLoss(text: loss) else {
      throw ValidationError("--loss \(loss): expected one of the losses that --help lists")
    }
    guard procedure != .binomial || loss.isBinary else {
      throw ValidationError(
        "--procedure binomial: expected a loss of 0 and 1; \(loss) has other values")
    }
  }

  func apply(to settings: inout CalibrationSettings) throws {
    settings.risk = risk
    settings.delta = delta
    settings.standaloneRisk = standaloneRisk
    settings.loss = PromptLoss(text: loss) ?? .disagreement
    settings.procedure = procedure
    settings.signal = signal
  }

  /// The settings as the provenance records them.
  var settings: [(name: String, value: String)] {
    [
      ("risk", "\(risk)"), ("delta", "\(delta)"),
      ("loss", PromptLoss(text: loss)?.recorded ?? loss),
      ("standalone_risk", standaloneRisk.map { "\($0)" } ?? "measured"),
    ]
  }
}

extension CalibrationPromise.Procedure: ExpressibleByArgument {}
extension ExitRecord.Signal: ExpressibleByArgument {}
