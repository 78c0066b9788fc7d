import CleaveEvaluate
import CleaveModel
import CleaveStorage

/// The risk of a calibrated mode on prompts not used for calibration, with the promised risk.
package struct HeldOutRisk: Sendable {
  package let mode: String
  package let loss: String
  package let promise: CalibrationPromise?
  /// The risk and share of cloud requests on the calibration prompts.
  package let calibrationRisk: Double
  package let calibrationCloudShare: Double
  package let prompts: Int
  /// The mean loss on the held-out prompts.
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

  /// The 99 % quantile of the standard normal distribution.
  static let quantile = 2.326

  /// Whether the promise holds: false only if the risk is above the promise by more than the
  /// sampling error of the prompts explains.
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
