import CleaveRuntime
import CleaveStorage

/// The result of a verification.
package struct VerificationReport: Sendable {
  /// The result of one check.
  package struct Check: Sendable {
    package let name: String
    /// Whether the check passed; nil if an earlier failure prevented it.
    package let passed: Bool?
    /// What was checked, or what failed and where.
    package let detail: String
  }

  /// The verified model, the number of prompts and the most tokens generated for each.
  package let modelID: String
  package let prompts: Int
  package let maxTokens: Int
  /// The numerics of all runs.
  package let numerics: Numerics

  package var checks: [Check] = []
  /// The measurement at the shipped thresholds with the cloud.
  package var collaborative: ModeReport?
  /// The measurement at the shipped thresholds without the cloud.
  package var standalone: ModeReport?
  /// The risks of a calibrated policy on held-out prompts, if any were given.
  package var heldOut: [HeldOutRisk] = []

  package init(
    modelID: String, prompts: Int, maxTokens: Int, numerics: Numerics = .standard
  ) {
    self.modelID = modelID
    self.prompts = prompts
    self.maxTokens = maxTokens
    self.numerics = numerics
  }

  /// Whether all checks ran and passed.
  package var verified: Bool { checks.allSatisfy { $0.passed == true } }

  package var json: JSON {
    [
      "verified": .bool(verified), "model_id": .string(modelID),
      "prompts": .integer(Int64(prompts)), "max_tokens": .integer(Int64(maxTokens)),
      "numerics": numerics.json,
      "checks": .array(
        checks.map { check in
          [
            "name": .string(check.name), "passed": check.passed.map { .bool($0) } ?? .null,
            "detail": .string(check.detail),
          ]
        }),
      "collaborative": collaborative?.json ?? .null,
      "standalone": standalone?.json ?? .null,
      "held_out": .array(heldOut.map(\.json)),
    ]
  }
}
