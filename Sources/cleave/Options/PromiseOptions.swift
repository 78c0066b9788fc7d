import ArgumentParser
import CleaveCalibrate
import CleaveEvaluate
import CleaveModel

/// What `cleave calibrate` promises.
struct PromiseOptions: ParsableArguments {
  @Option(help: "The expected loss that is promised.")
  var risk = 0.05

  @Option(help: "How probable it may be that the calibration prompts mislead.")
  var delta = 0.05

  @Option(
    help:
      "The same promise for the edge alone, where the last exit always answers (default: measured)."
  )
  var standaloneRisk: Double?

  @Option(
    help: """
      disagreement, mismatch, rouge, reference-rouge, rouge-drop, accuracy-drop or command:PROGRAM.
      """)
  var loss = "disagreement"

  @Option(
    help: """
      binomial (losses of 0 and 1), betting or hoeffding_bentkus for a promise that holds with \
      probability 1 - delta; conformal for one of the expectation alone (default: binomial where the \
      loss is 0 or 1, else betting).
      """)
  var procedure: CalibrationPromise.Procedure?

  @Option(
    help: "max_probability, margin or entropy (default: the best on the tuning prompts).")
  var signal: ExitRecord.Signal?

  /// Less would ask for millions of prompts.
  private static let least = 1e-6

  func check() throws {
    for (name, value) in [
      ("--risk", risk), ("--delta", delta), ("--standalone-risk", standaloneRisk ?? 0.5),
    ] where !(Self.least...(1 - Self.least)).contains(value) {
      throw ValidationError(
        "\(name) \(value): expected a number from \(Self.least) to \(1 - Self.least)")
    }
    guard let loss = PromptLoss(text: loss) else {
      throw ValidationError("--loss \(loss): expected one of those that --help names")
    }
    guard procedure != .binomial || loss.isBinary else {
      throw ValidationError("--procedure binomial is for losses of 0 and 1; \(loss) has others")
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

  /// For the provenance.
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
