import CleaveExits
import CleaveModel

/// An exit policy together with the signal that confidences are measured by: what calibration chooses.
package struct SignalPolicy: Equatable {
  package var signal: ExitRecord.Signal
  package var exitPolicy: ExitPolicy
  /// Whether the cloud's states come back with its answers. Where they do not, exits with feedback answer as on an
  /// edge alone.
  package var returnsStates = true

  package init(signal: ExitRecord.Signal, exitPolicy: ExitPolicy) {
    self.signal = signal
    self.exitPolicy = exitPolicy
  }

  package init(
    signal: ExitRecord.Signal, thresholds: [Double], mode: ExitPolicy.Mode = .collaborative
  ) {
    self.init(signal: signal, exitPolicy: ExitPolicy(thresholds: thresholds, mode: mode))
  }

  /// The policy in which no exit answers, so that every token is the whole model's.
  package static func off(
    exits: Int, signal: ExitRecord.Signal, returnsStates: Bool = true
  ) -> SignalPolicy {
    var policy = SignalPolicy(signal: signal, exitPolicy: .off(exits: exits))
    policy.returnsStates = returnsStates
    return policy
  }

  package var thresholds: [Double] { exitPolicy.thresholds }
  package var isStandalone: Bool { exitPolicy.mode == .standalone }
}
