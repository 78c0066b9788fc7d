/// What one simulated text took.
package struct TextOutcome: Equatable, Sendable {
  package internal(set) var start: Double
  package internal(set) var firstToken: Double?
  package internal(set) var end = 0.0
  package internal(set) var tokens = 0
  /// Tokens that are not the whole model's.
  package internal(set) var wrong = 0
  package internal(set) var fromCloud = 0
  /// Seconds that the device computed.
  package internal(set) var deviceSeconds = 0.0
  package internal(set) var bytesUp = 0
  package internal(set) var bytesDown = 0

  package var seconds: Double { end - start }
}
