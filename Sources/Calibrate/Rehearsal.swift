import CleaveEvaluate
import CleaveModel
import CleaveStorage

/// Calibrates again and again on random parts of the prompts and looks at what became of the promise on
/// the others: whether it is kept as often as it says, and how much of the risk is used.
package struct Rehearsal {
  /// One way of drawing, over all draws.
  package struct Draws: Equatable, Sendable {
    package var draws = 0
    /// Where the risk of the policy chosen was above the promise.
    package var broken = 0
    package var nothingPassed = 0
    /// Means over the draws.
    package var risk = 0.0
    package var cloudShare = 0.0

    package init() {}
  }

  package struct Report: Sendable {
    package let promise: CalibrationPromise
    package let loss: String
    package let calibrationPrompts: Int
    package let populationPrompts: Int
    /// Calibration prompts and the rest, without overlap; the risk is that on the rest.
    package let splits: Draws
    /// Calibration prompts drawn with replacement, so that the recorded prompts are the whole population
    /// and their mean loss is the expected one: what the promise speaks of, without a test's own noise.
    package let draws: Draws
    package let candidates: [CalibrationEvidence.Candidate]

    package init(
      promise: CalibrationPromise, loss: String, calibrationPrompts: Int, populationPrompts: Int,
      splits: Draws, draws: Draws, candidates: [CalibrationEvidence.Candidate]
    ) {
      self.promise = promise
      self.loss = loss
      self.calibrationPrompts = calibrationPrompts
      self.populationPrompts = populationPrompts
      self.splits = splits
      self.draws = draws
      self.candidates = candidates
    }
  }

  let calibration: Calibration
  let count: Int
  /// Prompts of each calibration.
  let size: Int

  package init(_ calibration: Calibration, count: Int, size: Int?) throws {
    self.calibration = calibration
    self.count = count
    let all = calibration.split.calibration.count
    self.size = size ?? all / 2
    let fewest = Calibration.fewestPrompts(calibration.settings, calibration.settings.risk)
    guard self.size >= fewest, self.size < all else {
      throw InputError(
        file: "rehearsal", found: "\(self.size) of \(all) prompts for each calibration",
        expected: "at least \(fewest), and some left to see what came of it",
        advice: "Give more prompts, or promise less.")
    }
  }

  package func run() throws -> Report {
    let tuned = try calibration.tune().collaborative
    let trials = try Trials(calibration)
    let population = try tuned.enumerated().map { index, candidate in
      calibration.show("policy \(index + 1) of \(tuned.count)")
      return try trials(candidate.policy, on: calibration.split.calibration)
    }
    let table = RehearsalTable(
      losses: population.map(\.losses), prior: tuned.map(\.losses),
      cloudShares: population.map { trial in
        trial.walks.map { walk in
          (cloud: walk.steps.count { $0.exit == nil }, tokens: walk.steps.count)
        }
      }, prompts: calibration.split.calibration.count, procedure: calibration.procedure,
      risk: calibration.settings.risk,
      delta: calibration.settings.delta)
    return Report(
      promise: CalibrationPromise(
        risk: table.risk, delta: table.procedure == .conformal ? nil : table.delta,
        procedure: table.procedure, passed: true),
      loss: calibration.settings.loss.recorded, calibrationPrompts: size,
      populationPrompts: calibration.split.calibration.count,
      splits: table.splits(count, size: size, seed: calibration.settings.seed),
      draws: table.draws(count, size: size, seed: calibration.settings.seed),
      candidates: zip(tuned, population).map {
        .init(
          thresholds: $0.policy.thresholds, tuning: $0.outcome, calibration: $1.outcome,
          pValue: nil, passed: false)
      })
  }
}
