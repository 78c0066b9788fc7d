/// How often a request is sent again that a busy registry or a broken connection has failed, and how long is waited between.
package struct RetryPolicy: Sendable {
  /// The most times that one request is sent.
  package var attempts = 6
  /// The wait after the first failure; it doubles with each.
  package var first = Duration.milliseconds(500)
  package var longest = Duration.seconds(30)
  /// The bytes that an attempt must bring beyond all before for the count of failures to begin anew.
  package var leastProgress = 1 << 20
  /// The longest wait that a registry may ask for.
  package var longestAsked = Duration.seconds(300)

  package init() {}

  /// The wait after so many failures, from 1, of which a random half is left out so that clients do not come back together.
  func pause(after failures: Int) -> Duration {
    let doubled = first * (1 << min(failures - 1, 16))
    return min(doubled, longest) * Double.random(in: 0.5...1)
  }
}
