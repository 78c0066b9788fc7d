import CleaveKernels

/// The quality of an exit on held-out texts, at the positions of generated answers.
package struct HeldOutScore: Equatable, Sendable {
  package var tokens = 0
  /// The mean soft cross-entropy to the teacher over the whole vocabulary, in nats.
  package var loss = 0.0
  /// The share of positions where the exit's most probable token is the teacher's.
  package var agreement = 0.0
  /// The largest share of positions, taken by falling confidence, of which 95 % agree.
  package var coverage95 = 0.0
  /// The same for 90 %.
  package var coverage90 = 0.0

  init() {}

  package init(_ rows: [ck_distilled]) {
    guard !rows.isEmpty else { return }
    let count = Double(rows.count)
    tokens = rows.count
    loss = rows.reduce(0) { $0 + Double($1.loss) } / count
    agreement = rows.reduce(0) { $0 + Double($1.agrees) } / count
    let sorted = rows.sorted { $0.confidence > $1.confidence }
    coverage95 = Self.coverage(sorted, at: 0.95)
    coverage90 = Self.coverage(sorted, at: 0.90)
  }

  /// - Parameter rows: by falling confidence. Rows of equal confidence count together or not at all, because
  ///   no threshold tells them apart.
  private static func coverage(_ rows: [ck_distilled], at share: Double) -> Double {
    var (agreeing, best) = (0.0, 0)
    for (index, row) in rows.enumerated() {
      agreeing += Double(row.agrees)
      let isTied = index + 1 < rows.count && rows[index + 1].confidence == row.confidence
      if !isTied, agreeing >= share * Double(index + 1) { best = index + 1 }
    }
    return Double(best) / Double(rows.count)
  }
}
