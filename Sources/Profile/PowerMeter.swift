import CleaveModel
import Glibc

/// Measures the power that the processor draws, idle and busy, where the system counts its energy.
struct PowerMeter {
  private let idleWatts: Double
  private let start: (time: ContinuousClock.Instant, microjoules: Double)

  /// Waits a second to see the idle machine; nil where the system does not count energy, and where it
  /// began to count anew meanwhile.
  init?() {
    guard let before = Machine.energyMicrojoules else { return nil }
    sleep(1)
    guard let after = Machine.energyMicrojoules, after >= before else { return nil }
    idleWatts = (after - before) / 1e6
    start = (.now, after)
  }

  /// The power since the beginning; nil where the system began to count anew.
  func power() -> DeviceProfile.Power? {
    guard let now = Machine.energyMicrojoules, now > start.microjoules else { return nil }
    let watts = (now - start.microjoules) / 1e6 / ((.now - start.time) / .seconds(1))
    return .init(idleWatts: min(idleWatts, watts), busyWatts: watts)
  }
}
