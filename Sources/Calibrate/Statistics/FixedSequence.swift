/// Fixed-sequence testing: hypotheses are tested in an order fixed beforehand, each at the full level, until one
/// is not rejected.
///
/// A true hypothesis can be rejected only if the first true one is, so that the level of one test holds for all
/// (Angelopoulos et al., arXiv 2110.01052, section 2). In return, nothing behind a failure is tested.
package struct FixedSequence {
  /// - Parameter passes: whether the hypothesis at an index in 0 ..< `count` is rejected; asked in order, up to
  ///   the first that is not.
  /// - Returns: the last index that passed, nil if the first does not; and how many were tested, the one that
  ///   failed included.
  package static func lastPassed(
    count: Int, passes: (Int) throws -> Bool
  ) rethrows -> (last: Int?, tested: Int) {
    for location in 0..<count where try !passes(location) {
      return (location == 0 ? nil : location - 1, location + 1)
    }
    return (count == 0 ? nil : count - 1, count)
  }

  /// Tests the hypotheses as the synchronous function does, for tests that wait.
  package static func lastPassed(
    count: Int, passes: (Int) async throws -> Bool
  ) async rethrows -> (last: Int?, tested: Int) {
    for index in 0..<count {
      guard try await passes(index) else { return (index == 0 ? nil : index - 1, index + 1) }
    }
    return (count == 0 ? nil : count - 1, count)
  }
}
