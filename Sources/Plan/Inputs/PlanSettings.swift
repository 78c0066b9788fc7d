import CleaveModel
import CleaveRuntime

/// What a deployment should be good at.
package enum PlanObjective: String, CaseIterable, Sendable {
  /// Seconds of a whole answer.
  case time
  /// The server's time for each token.
  case cloudCost = "cloud-cost"
  /// Bytes over the link for each token.
  case bytes
  /// The device's energy for each token.
  case energy
}

/// The settings of a plan.
package struct PlanSettings: Sendable {
  package var link: PlannedLink
  /// The link between a middle tier and the cloud; nil where there is no such tier, and `link` ends at the cloud.
  package var middleLink: PlannedLink?
  /// Devices that generate at the same time.
  package var clients = 1
  /// Seconds that each rests between two texts.
  package var think = 0.0
  package var objective = PlanObjective.time
  /// The most bytes of memory that the edge may take; nil for what its profile says.
  package var maxMemory: Int?
  /// The largest share of tokens, with 95 % confidence, that may differ from the whole model's.
  package var maxRisk = 0.05
  /// Thresholds of all exits that are played beside those that the planner finds.
  package var thresholds: [Double] = []
  package var uploads: [StatesEncoding] = [.float32, .int8, .tokens]
  package var lookAheads = [0, 8]
  /// The most drafts before the cloud verifies them, in the lossless mode.
  package var longestDraft = 8
  /// Seconds of a core that a message takes, on the server and on the device.
  package var messageSeconds = 0.000_3
  /// Seconds that a request takes beyond the link's round trip, its messages and what is computed for it.
  package var requestSeconds = 0.0

  package init(link: PlannedLink) { self.link = link }

  /// What a profile says that a message and its reply take beyond the round trip, less the three times that a request waits
  /// for `messageSeconds`: on the device before and after, and on the server.
  package func requestSeconds(_ profile: LinkProfile) -> Double {
    max(0, (profile.requestMilliseconds?.p50 ?? 0) / 1000 - 3 * messageSeconds)
  }
}
