import CleaveModel

extension Calibration {
  /// The results of testing one mode's candidates.
  struct Tested {
    let candidates: [CalibrationEvidence.Candidate]
    /// The last candidate that passed; nil where none did.
    let chosen: PolicyRun?
    let promise: CalibrationPromise
  }

  /// Tests candidates on the calibration prompts, from safe to bold, until one does not pass.
  func calibrate(_ candidates: [PolicyRun], risk: Double) async throws -> Tested {
    let runner = try policyRunner()
    var tested: [PolicyRun] = []
    var pValues: [Double?] = []
    // Conformal control has no p-values.
    let test =
      settings.testedBy == .conformal
      ? nil : RiskTest(procedure: settings.testedBy, risk: risk, delta: settings.delta)
    func run(_ index: Int) async throws -> PolicyRun {
      show("testing policy \(index + 1) of at most \(candidates.count)")
      let run = try await runner(candidates[index].policy, on: split.calibration)
      tested.append(run)
      return run
    }
    let sequence = try await FixedSequence.lastPassed(count: candidates.count) { index in
      let losses = try await run(index).losses
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
        risk: risk, delta: settings.testedBy == .conformal ? nil : settings.delta,
        procedure: settings.testedBy, passed: sequence.last != nil))
  }
}
