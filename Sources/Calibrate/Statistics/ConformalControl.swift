/// Conformal risk control (Angelopoulos, Bates, Fisch, Lei & Schuster, arXiv 2208.02814): the policy
/// chosen has an expected loss of at most `risk`, in the mean over the calibration prompts too. Nothing is
/// said of the prompts at hand.
package struct ConformalControl {
  /// The last policy with (n * mean + 1) / (n + 1) <= `risk`; nil where the first is above it. The method needs
  /// losses that only rise along the path, so each prompt's loss is replaced by its largest so far.
  ///
  /// - Parameter losses: `[policy][prompt]` in 0...1, the policies from safe to bold, the prompts of all
  ///   policies in the same order.
  package static func choose(risk: Double, losses: [[Double]]) -> Int? {
    guard var highest = losses.first else { return nil }
    for (location, policy) in losses.enumerated() {
      precondition(policy.count == highest.count, "a loss of each prompt for each policy")
      precondition(policy.allSatisfy { $0 >= 0 && $0 <= 1 }, "a loss outside of 0...1")
      for (prompt, loss) in policy.enumerated() { highest[prompt] = max(highest[prompt], loss) }
      guard bound(ExactSum(highest).value, count: highest.count) <= risk else {
        return location == 0 ? nil : location - 1
      }
    }
    return losses.count - 1
  }

  /// The fewest prompts with which anything can be chosen: the least n with 1 / (n + 1) <= `risk`.
  ///
  /// - Parameter risk: above 0.
  package static func fewestPrompts(risk: Double) -> Int {
    precondition(risk > 0)
    var count = max(0, Int(1 / risk) - 2)
    while bound(0, count: count) > risk { count += 1 }
    return count
  }

  /// The bound as a quotient to compare with `risk`: 29 of 100 is then the 0.29 that was written.
  private static func bound(_ sum: Double, count: Int) -> Double { (sum + 1) / Double(count + 1) }
}
