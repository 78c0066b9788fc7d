/// Hypotheses tested in an order fixed beforehand, each at the full level, until one is not rejected.
///
/// A false one can be passed only if the first false one is, so that the level of one test holds for all
/// (Angelopoulos et al., arXiv 2110.01052, section 2). The price: nothing behind a failure is reached.
package struct FixedSequence {
  /// - Parameter passes: of a place in 0 ..< `count`; asked in order, not behind the first that fails.
  /// - Returns: the last place passed, nil if the first fails; how many were asked, one that failed
  ///   included.
  package static func lastPassed(
    count: Int, passes: (Int) throws -> Bool
  ) rethrows -> (last: Int?, tested: Int) {
    for location in 0..<count where try !passes(location) {
      return (location == 0 ? nil : location - 1, location + 1)
    }
    return (count == 0 ? nil : count - 1, count)
  }
}
