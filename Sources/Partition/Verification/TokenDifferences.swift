/// Counts the differences between token sequences over many prompts, and remembers the first.
package struct TokenDifferences {
  package private(set) var tokens = 0
  package private(set) var differing = 0
  /// The first difference in words.
  package private(set) var first: String?

  package init() {}

  /// Compares the tokens of one prompt.
  ///
  /// - Parameters: - expected: the whole model's tokens. - found: the bundles' tokens.
  package mutating func compare(expected: [Int], found: [Int], prompt: Int) {
    tokens += expected.count
    for position in 0..<max(expected.count, found.count) {
      let wanted = position < expected.count ? "\(expected[position])" : "nothing more"
      let got = position < found.count ? "\(found[position])" : "nothing more"
      guard wanted != got else { continue }
      differing += 1
      first = first ?? "prompt \(prompt), token \(position): \(got), the model says \(wanted)"
    }
  }
}
