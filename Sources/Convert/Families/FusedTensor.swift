import CleaveModel

/// Several weights stored in one tensor, their rows one after another.
struct FusedTensor: Sendable {
  let name: String
  let parts: [BlockWeight]
  /// Whether the rows of each head of all parts follow one another, and not those of a part.
  var isByHead = false
}

extension [FusedTensor] {
  /// The fused tensor that contains a weight, with the weight's first row and the total number of
  /// rows.
  func location(
    of weight: BlockWeight, in configuration: ModelConfiguration
  ) -> (name: String, rows: (first: Int, together: Int))? {
    func rows(_ part: BlockWeight) -> Int { WeightName.block(0, part).shape(in: configuration)[0] }
    for fused in self {
      guard let index = fused.parts.firstIndex(of: weight) else { continue }
      let first = fused.parts[..<index].reduce(0) { $0 + rows($1) }
      return (fused.name, (first, fused.parts.reduce(0) { $0 + rows($1) }))
    }
    return nil
  }
}
