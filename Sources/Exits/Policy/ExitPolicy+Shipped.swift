import CleaveModel

extension ExitPolicy {
  /// The policy that an artifact ships with: the thresholds of its exits or, without a cloud, those that a
  /// calibration found for that.
  package static func shipped(_ manifest: Manifest, mode: Mode) -> ExitPolicy {
    let calibrated =
      mode == .standalone ? manifest.calibration?.standalone.thresholds : nil
    return ExitPolicy(thresholds: calibrated ?? manifest.exits.map(\.threshold), mode: mode)
  }
}
