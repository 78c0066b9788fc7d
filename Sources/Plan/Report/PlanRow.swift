import CleaveEvaluate

/// What a simulation says of one choice.
package struct PlanRow: Sendable {
  package let model: PlanModel
  package let choice: PlanChoice
  /// Where the cloud was asked in the trace that was played; nil where there is no exit.
  package let trace: String?
  /// Seconds of a whole answer.
  package let mean: Double
  package let p50: Double
  package let p95: Double
  /// Seconds to the first token.
  package let firstP50: Double
  package let firstP95: Double
  package let tokensPerText: Double
  /// Milliseconds of the server's time for each token.
  package let cloudMilliseconds: Double
  /// Milliseconds of a middle tier's time for each token, and bytes between it and the cloud; nil without one.
  package let middleMilliseconds: Double?
  package let bytesBehind: Double?
  /// Milliseconds that the device computes for each token.
  package let deviceMilliseconds: Double
  package let bytesUp: Double
  package let bytesDown: Double
  /// Joules of the device for each token; nil where its profile says nothing of power.
  package let joules: Double?
  /// The edge's files and the keys and values of the longest text; 0 without an edge.
  package let edgeBytes: Int
  /// Clients that such a server, and such a middle tier, carries at this pace; nil where there is none.
  package let clientsCarried: Double?
  /// The share of tokens that the cloud answers.
  package let fromCloud: Double
  /// The share of tokens that are not the whole model's, clustered by text.
  package let wrong: Estimate

  /// The share of differing tokens that is not exceeded with 95 % confidence, by a normal approximation, and what the
  /// encoding of states changes in the cloud's answers: what to expect of a calibration, not its promise.
  package var risk: Double {
    let exits = choice.mode.isVerified ? 0 : wrong.value + 1.645 * (wrong.standardError ?? 0)
    let verified = choice.mode.isVerified ? 1 : fromCloud
    return min(1, exits + verified * choice.upload.format.differing)
  }

  /// The number that an objective compares; nil where it is not known.
  package func value(_ objective: PlanObjective) -> Double? {
    switch objective {
    case .time: p50
    case .cloudCost: cloudMilliseconds
    case .bytes: bytesUp + bytesDown
    case .energy: joules
    }
  }
}
