import CleaveModel

extension Calibration {
  /// The policy that ships for each mode, with its measurements on the calibration prompts.
  struct Modes {
    let collaborative: (policy: SignalPolicy, mode: CalibrationMode)
    let standalone: (policy: SignalPolicy, mode: CalibrationMode)
    let candidates: [CalibrationEvidence.Candidate]
    let standaloneCandidates: [CalibrationEvidence.Candidate]

    init(
      _ calibration: Calibration, _ tuned: Tuned, _ tested: Tested, _ standaloneTested: Tested?
    ) async throws {
      let runner = try calibration.policyRunner()
      func run(_ policy: SignalPolicy) async throws -> PolicyRun {
        calibration.show("measuring")
        return try await runner(policy, on: calibration.split.calibration)
      }
      let chosen =
        if let passed = tested.chosen { passed } else {
          try await run(.off(exits: runner.exitCount, signal: tuned.signal))
        }
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
      // Without a cloud an exit must answer. Where no promise can be kept, the risk is measured instead.
      let alone = try await run(tuned.alone)
      let delta = calibration.settings.delta
      let bound = UpperBound.of(
        alone.losses, delta: delta, procedure: calibration.settings.boundedBy, prior: [])
      standalone = (
        alone.policy,
        .init(
          alone, promise: standaloneTested?.promise,
          upperBound: .init(risk: bound, delta: delta))
      )
    }
  }
}

extension CalibrationMode {
  init(_ run: PolicyRun, promise: CalibrationPromise?, upperBound: UpperBound?) {
    let outcome = run.outcome
    self.init(
      thresholds: run.policy.thresholds, promise: promise, risk: outcome.risk,
      upperBound: upperBound, cloudShare: outcome.cloudShare, exitShares: outcome.exitShares)
  }
}
