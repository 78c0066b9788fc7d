import CleaveExits
import CleaveModel
import CleaveRuntime

/// A way to answer a prompt: one row of the table.
struct PaperMode: Sendable {
  enum Way: Sendable {
    /// The whole model runs in the cloud.
    case cloudOnly
    /// Every token's hidden state is uploaded and its answer awaited; no exits.
    case naiveSplit
    /// Exits answer by a policy, and by that signal where it is not the bundle's.
    case edge(ExitPolicy, ExitRecord.Signal? = nil)
  }

  let name: String
  let way: Way

  static let truth = PaperMode(name: "cloud_only", way: .cloudOnly)
  static let naive = PaperMode(name: "naive_split", way: .naiveSplit)

  /// All modes of a bundle; the calibrated policy is among them if there is one.
  static func all(_ edge: EdgeModel) -> [PaperMode] {
    let exits = edge.manifest.exits
    func collaborative(_ name: String, _ threshold: Double) -> PaperMode {
      let policy = ExitPolicy(thresholds: exits.map { _ in threshold }, mode: .collaborative)
      // The paper's thresholds are for the largest probability, whatever the bundle's signal is.
      return PaperMode(name: name, way: .edge(policy, .maxProbability))
    }
    var modes = [
      truth, naive,
      PaperMode(name: "standalone", way: .edge(.shipped(edge.manifest, mode: .standalone))),
      collaborative("collaborative_0.8", 0.8), collaborative("collaborative_0.9", 0.9),
    ]
    if let calibration = edge.manifest.calibration {
      let policy = ExitPolicy(
        thresholds: calibration.collaborative.thresholds, mode: .collaborative)
      modes.append(PaperMode(name: "collaborative_calibrated", way: .edge(policy)))
    }
    return modes
  }

  /// The thresholds of the mode; nil for modes without exits.
  var thresholds: [Double]? {
    guard case .edge(let policy, _) = way else { return nil }
    return policy.thresholds
  }
}
