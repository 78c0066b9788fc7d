import CleaveModel

/// One policy's answers to some prompts, and their losses. The policy ran in a closed loop: what an exit
/// answered is part of the text that everything after it reads.
struct PolicyRun {
  let policy: SignalPolicy
  /// One for each prompt.
  let walks: [Walk]
  /// One loss for each prompt.
  let losses: [Double]

  /// Means over prompts (risk) and over tokens (shares).
  var outcome: CalibrationEvidence.Outcome {
    let steps = walks.flatMap(\.steps)
    func share(_ exit: Int?) -> Double {
      Double(steps.count { $0.exit == exit }) / Double(max(1, steps.count))
    }
    return .init(
      risk: losses.reduce(0, +) / Double(max(1, losses.count)), cloudShare: share(nil),
      exitShares: policy.thresholds.indices.map { share($0) })
  }
}
