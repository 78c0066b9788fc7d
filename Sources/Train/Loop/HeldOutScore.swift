import CleaveKernels

/// How well an exit does on texts it was not trained on, at the positions of continuations.
package struct HeldOutScore: Equatable, Sendable {
  package var tokens = 0
  /// Mean soft cross-entropy to the teacher over the whole vocabulary, nats.
  package var loss = 0.0
  /// Share of positions where the exit's first choice is the teacher's.
  package var agreement = 0.0
  /// Largest share of positions, the surest first, of which 95 % agree; and 90 %.
  package var coverage95 = 0.0
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

  /// - Parameter rows: by falling confidence; equal ones are in or out together.
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
