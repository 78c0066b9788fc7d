/// The candidates of a batch that an exit vocabulary lacks and that its texts have: each counts in the rows before
/// which its text has it.
struct TextColumns {
  /// Token ids, rising.
  let tokens: [Int]
  /// The index of the first of them among the candidates.
  let start: Int
  /// The position at which each text has each token first, or `Int32.max`: `[texts, tokens]`.
  private let firsts: [Int32]
  /// The text and the position of each row.
  private let positions: [TeacherTargets.RowPosition]

  /// - Parameter start: the number of candidates before these.
  init(_ teacher: TeacherTargets, beside exit: ExitTokens, start: Int) {
    let texts = exit.includesText ? teacher.texts : []
    let tokens = Set(texts.joined().map(Int.init).filter { !exit.contains($0) }).sorted()
    let index = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
    var firsts = [Int32](repeating: .max, count: texts.count * tokens.count)
    for (text, contents) in texts.enumerated() {
      for (position, token) in contents.enumerated() {
        guard let index = index[Int(token)] else { continue }
        let at = text * tokens.count + index
        firsts[at] = min(firsts[at], Int32(position))
      }
    }
    self.tokens = tokens
    self.start = start
    self.firsts = firsts
    positions = teacher.positions
  }

  /// Whether the token of this index can be answered in this row.
  func counts(_ index: Int, in row: Int) -> Bool {
    let position = positions[row]
    return firsts[position.text * tokens.count + index] <= position.position
  }

  /// Makes the logits of the tokens that do not count in a row so low that their probability is 0.
  ///
  /// - Parameter logits: of all candidates.
  func hide(in row: Int, _ logits: UnsafeMutablePointer<Float>) {
    for index in tokens.indices where !counts(index, in: row) { logits[start + index] = Self.low }
  }

  /// Finite, so that no product with 0 is undefined.
  private static let low: Float = -1e30
}
