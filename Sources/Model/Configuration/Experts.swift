/// A mixture of experts (Shazeer et al., arXiv 1701.06538): a router gives every token some of them.
package struct Experts: Equatable, Sendable {
  package var count: Int
  /// Number of experts that a token goes through.
  package var perToken: Int
  /// Whether the weights of a token's experts are made to sum to 1.
  package var normalized: Bool
  /// The width of the expert that every token goes through beside its own, times the sigmoid of a gate (Qwen2-MoE);
  /// nil where there is none.
  package var sharedSize: Int?

  package init(count: Int, perToken: Int, normalized: Bool, sharedSize: Int? = nil) {
    self.sharedSize = sharedSize
    self.count = count
    self.perToken = perToken
    self.normalized = normalized
  }
}
