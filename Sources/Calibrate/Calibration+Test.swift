import CleaveModel

extension Calibration {
  /// What became of one mode's candidates.
  struct Tested {
    let candidates: [CalibrationEvidence.Candidate]
    /// The last that passed; nil where none did.
    let chosen: Trial?
    let promise: CalibrationPromise
  }

  /// Tests candidates on the calibration prompts, from safe to bold.
  func calibrate(_ candidates: [Trial], risk: Double) throws -> Tested {
    let trials = try Trials(self)
    var tested: [Trial] = []
    var pValues: [Double?] = []
    // Conformal control has no p-values.
    let test =
      procedure == .conformal
      ? nil : RiskTest(procedure: procedure, risk: risk, delta: settings.delta)
    func trial(_ index: Int) throws -> Trial {
      show("testing policy \(index + 1) of at most \(candidates.count)")
      let trial = try trials(candidates[index].policy, on: split.calibration)
      tested.append(trial)
      return trial
    }
    let sequence = try FixedSequence.lastPassed(count: candidates.count) { index in
      let losses = try trial(index).losses
      guard let test else {
        pValues.append(nil)
        return ConformalControl.choose(risk: risk, losses: tested.map(\.losses)) == index
      }
      let pValue = test.pValue(losses, prior: candidates[index].losses)
      pValues.append(pValue)
      return pValue <= settings.delta
    }
    let evidence = candidates.indices.map { index in
      CalibrationEvidence.Candidate(
        thresholds: candidates[index].policy.thresholds, tuning: candidates[index].outcome,
        calibration: index < tested.count ? tested[index].outcome : nil,
        pValue: index < pValues.count ? pValues[index] : nil,
        passed: sequence.last.map { index <= $0 } ?? false)
    }
    return Tested(
      candidates: evidence, chosen: sequence.last.map { tested[$0] },
      promise: CalibrationPromise(
        risk: risk, delta: procedure == .conformal ? nil : settings.delta,
        procedure: procedure, passed: sequence.last != nil))
  }
}
