/// A token that follows what a simulated text has settled.
struct SimulatedToken {
  enum Source: Equatable, Sendable {
    case exit(Int)
    case cloud
  }

  var source: Source
  /// Whether there is a token at all; else only the cloud can tell.
  var isKnown = true
  /// Whether it is the whole model's.
  var isRight: Bool
  var isFinal: Bool
  /// The chance that it is what the cloud will say, as the edge has learnt it.
  var chance = 1.0
  var confidence: Float = 0

  /// A token that only the cloud can tell.
  static let unknown = SimulatedToken(
    source: .cloud, isKnown: false, isRight: true, isFinal: false)
}
