import CleaveEvaluate
import CleaveModel
import CleaveStorage

/// What a calibrated mode does on prompts that nobody calibrated on, beside what it promised.
package struct HeldOutRisk: Sendable {
  package let mode: String
  package let loss: String
  package let promise: CalibrationPromise?
  /// On the calibration prompts.
  package let calibrationRisk: Double
  package let calibrationCloudShare: Double
  package let prompts: Int
  /// Mean loss.
  package let risk: Estimate
  package let cloudShare: Double

  package init(
    mode: String, loss: String, promise: CalibrationPromise?, calibrationRisk: Double,
    calibrationCloudShare: Double, prompts: Int, risk: Estimate, cloudShare: Double
  ) {
    self.mode = mode
    self.loss = loss
    self.promise = promise
    self.calibrationRisk = calibrationRisk
    self.calibrationCloudShare = calibrationCloudShare
    self.prompts = prompts
    self.risk = risk
    self.cloudShare = cloudShare
  }

  /// Of a normal distribution, with a tail of 1 % beyond.
  static let quantile = 2.326

  /// False where the risk is above the promise by more than the prompts' chance explains.
  package var isKept: Bool {
    guard let promise, promise.passed else { return true }
    return risk.value - Self.quantile * (risk.standardError ?? .infinity) <= promise.risk
  }

  var json: JSON {
    [
      "mode": .string(mode), "loss": .string(loss),
      "promised_risk": promise.map { $0.passed ? .real($0.risk) : .null } ?? .null,
      "promised_delta": promise?.delta.map { .real($0) } ?? .null,
      "calibration_risk": .real(calibrationRisk),
      "calibration_cloud_share": .real(calibrationCloudShare),
      "prompts": .integer(Int64(prompts)), "risk": risk.json, "cloud_share": .real(cloudShare),
      "kept": .bool(isKept),
    ]
  }
}
