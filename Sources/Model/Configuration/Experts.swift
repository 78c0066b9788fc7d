/// A mixture of experts (Shazeer et al., arXiv 1701.06538): a router gives every token some of them.
package struct Experts: Equatable, Sendable {
  package var count: Int
  /// Number of experts that a token goes through.
  package var perToken: Int
  /// Whether the weights of a token's experts are made to sum to 1.
  package var normalized: Bool

  package init(count: Int, perToken: Int, normalized: Bool) {
    self.count = count
    self.perToken = perToken
    self.normalized = normalized
  }
}
