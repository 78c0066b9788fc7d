import CleaveEvaluate
import CleaveModel
import CleaveStorage

/// A check of the method, the work of `cleave calibrate --rehearse`: it calibrates on many random draws of the
/// prompts, and measures on the other prompts whether the promise is kept as often as it says, and how much of
/// the promised risk is used.
package struct Rehearsal {
  /// The results of one way of drawing, over all draws.
  package struct Draws: Equatable, Sendable {
    package var draws = 0
    /// The number of draws in which the risk of the chosen policy was above the promise.
    package var broken = 0
    package var nothingPassed = 0
    /// The mean risk over the draws.
    package var risk = 0.0
    /// The mean share of tokens that the cloud answers.
    package var cloudShare = 0.0

    package init() {}
  }

  package struct Report: Sendable {
    package let promise: CalibrationPromise
    package let loss: String
    package let calibrationPrompts: Int
    package let populationPrompts: Int
    /// The results of splits without overlap: calibrated on one part, the risk measured on the rest.
    package let splits: Draws
    /// The results of draws with replacement. The recorded prompts are the whole population, so that their mean
    /// loss is the expected loss that the promise is about, without noise of measuring it.
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
  /// The number of prompts of each calibration.
  let size: Int

  /// - Parameters:
  ///   - count: the number of draws of each kind.
  ///   - size: the number of prompts of each calibration; nil for half of them.
  /// - Throws: `SettingError` for a size with which nothing can pass, or that leaves no prompts.
  package init(_ calibration: Calibration, count: Int, size: Int?) throws {
    self.calibration = calibration
    self.count = count
    let all = calibration.split.calibration.count
    self.size = size ?? all / 2
    let fewest = calibration.settings.fewestPrompts(risk: calibration.settings.risk)
    guard self.size >= fewest, self.size < all else {
      throw SettingError(
        .rehearsalPrompts, found: "\(self.size) of \(all) prompts for each calibration",
        expected: "at least \(fewest), and some left to see what came of it",
        advice: "Give more prompts, or promise less.")
    }
  }

  package func run() async throws -> Report {
    let tuned = try await calibration.tune().collaborative
    let runner = try calibration.policyRunner()
    var population: [PolicyRun] = []
    for (index, candidate) in tuned.enumerated() {
      calibration.show("policy \(index + 1) of \(tuned.count)")
      population.append(try await runner(candidate.policy, on: calibration.split.calibration))
    }
    let table = RehearsalTable(
      losses: population.map(\.losses), prior: tuned.map(\.losses),
      cloudShares: population.map { run in
        run.walks.map { walk in
          (cloud: walk.steps.count { $0.exit == nil }, tokens: walk.steps.count)
        }
      }, prompts: calibration.split.calibration.count, procedure: calibration.settings.testedBy,
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

extension SettingError.Setting {
  package static let rehearsalPrompts = Self("rehearsal")
}
