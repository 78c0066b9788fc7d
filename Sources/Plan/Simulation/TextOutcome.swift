/// What one simulated text took.
struct TextOutcome: Equatable, Sendable {
  var start: Double
  var firstToken: Double?
  var end = 0.0
  var tokens = 0
  /// Tokens that are not the whole model's.
  var wrong = 0
  var fromCloud = 0
  /// Seconds that the device computed.
  var deviceSeconds = 0.0
  var bytesUp = 0
  var bytesDown = 0

  var seconds: Double { end - start }
}
