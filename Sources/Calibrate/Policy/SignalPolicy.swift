import CleaveExits
import CleaveModel

/// An exit policy together with the signal that confidences are measured by: what calibration chooses.
package struct SignalPolicy: Equatable {
  package var signal: ExitRecord.Signal
  package var exitPolicy: ExitPolicy

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
  package static func off(exits: Int, signal: ExitRecord.Signal) -> SignalPolicy {
    SignalPolicy(signal: signal, exitPolicy: .off(exits: exits))
  }

  package var thresholds: [Double] { exitPolicy.thresholds }
  package var isStandalone: Bool { exitPolicy.mode == .standalone }
}
