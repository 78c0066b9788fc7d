import CleaveModel

extension Calibration {
  /// What each mode ships, as run on the calibration prompts.
  struct Modes {
    let collaborative: (policy: Policy, mode: CalibrationMode)
    let standalone: (policy: Policy, mode: CalibrationMode)
    let candidates: [CalibrationEvidence.Candidate]
    let standaloneCandidates: [CalibrationEvidence.Candidate]

    init(
      _ calibration: Calibration, _ tuned: Tuned, _ tested: Tested, _ standaloneTested: Tested?
    ) throws {
      let trials = try Trials(calibration)
      func run(_ policy: Policy) throws -> Trial {
        calibration.show("measuring")
        return try trials(policy, on: calibration.split.calibration)
      }
      let chosen =
        try tested.chosen ?? run(.off(exits: trials.exitCount, signal: tuned.signal))
      collaborative = (
        chosen.policy, CalibrationMode(chosen, promise: tested.promise, upperBound: nil)
      )
      candidates = tested.candidates
      standaloneCandidates = standaloneTested?.candidates ?? []
      if let standaloneTested, let chosen = standaloneTested.chosen {
        standalone = (
          chosen.policy, .init(chosen, promise: standaloneTested.promise, upperBound: nil)
        )
        return
      }
      // Alone somebody must answer: where no promise can be kept, what is known is measured.
      let alone = try run(tuned.alone)
      let delta = calibration.settings.delta
      let bound = UpperBound.of(
        alone.losses, delta: delta, procedure: calibration.boundProcedure, prior: [])
      standalone = (
        alone.policy,
        .init(
          alone, promise: standaloneTested?.promise,
          upperBound: .init(risk: bound, delta: delta))
      )
    }
  }

  /// Conformal control bounds nothing by itself.
  var boundProcedure: CalibrationPromise.Procedure {
    procedure == .conformal ? (settings.loss.isBinary ? .binomial : .betting) : procedure
  }
}

extension CalibrationMode {
  init(_ trial: Trial, promise: CalibrationPromise?, upperBound: UpperBound?) {
    let outcome = trial.outcome
    self.init(
      thresholds: trial.policy.thresholds, promise: promise, risk: outcome.risk,
      upperBound: upperBound, cloudShare: outcome.cloudShare, exitShares: outcome.exitShares)
  }
}
