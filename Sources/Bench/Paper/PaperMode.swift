import CleaveModel
import CleaveRuntime

/// A way to answer a prompt, as the rows of the table.
struct PaperMode: Sendable {
  enum Way: Sendable {
    /// The whole model in the cloud.
    case cloudOnly
    /// Every token's state goes up at once and is waited for; no exits.
    case naiveSplit
    /// By that signal, where it is not the bundle's own.
    case edge(ExitPolicy, ExitRecord.Signal? = nil)
  }

  let name: String
  let way: Way

  static let truth = PaperMode(name: "cloud_only", way: .cloudOnly)
  static let naive = PaperMode(name: "naive_split", way: .naiveSplit)

  /// All that the bundle has; the calibrated policy only where there is one.
  static func all(_ edge: EdgeModel) -> [PaperMode] {
    let exits = edge.manifest.exits
    func collaborative(_ name: String, _ threshold: Double) -> PaperMode {
      let policy = ExitPolicy(thresholds: exits.map { _ in threshold }, standalone: false)
      // The paper's thresholds are of the largest probability, whatever the bundle's own stand on.
      return PaperMode(name: name, way: .edge(policy, .maxProbability))
    }
    let alone = edge.manifest.calibration?.standalone.thresholds ?? exits.map(\.threshold)
    var modes = [
      truth, naive,
      PaperMode(
        name: "standalone", way: .edge(ExitPolicy(thresholds: alone, standalone: true))),
      collaborative("collaborative_0.8", 0.8), collaborative("collaborative_0.9", 0.9),
    ]
    if let calibration = edge.manifest.calibration {
      let policy = ExitPolicy(
        thresholds: calibration.collaborative.thresholds, standalone: false)
      modes.append(PaperMode(name: "collaborative_calibrated", way: .edge(policy)))
    }
    return modes
  }

  /// Nil where there are no exits in it.
  var thresholds: [Double]? {
    guard case .edge(let policy, _) = way else { return nil }
    return policy.thresholds
  }
}
