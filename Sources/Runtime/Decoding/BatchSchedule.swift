/// Which tokens of which texts run next, where many run side by side: whenever one ends, the next takes its
/// slot, and texts are read in the same passes in which others go on.
struct BatchSchedule {
  /// A text that a pass has brought to its end.
  struct End {
    /// Which one it is.
    let text: Int
    let slot: Int
    /// Of its last token, among the columns of the pass.
    let column: Int
    /// Tokens that have run, so the place of the next one.
    let position: Int
  }

  /// One text under way.
  private struct Sequence {
    let text: Int
    let slot: Int
    /// Not yet run: the rest of what was given, or the token that it goes on with.
    var pending: ArraySlice<Int>
    /// Tokens that have run.
    var position = 0
  }

  private var free: [Int]
  private var active: [Sequence] = []

  init(slots: Int) { free = Array((0..<slots).reversed()) }

  /// - Parameters:
  ///   - texts: none of them empty.
  ///   - pass: runs the pieces, at most `Workspace.largestBatch` tokens in all, and says of each text that
  ///     is at its end how it goes on; nil where it does not, and its slot is another's.
  mutating func run(
    _ texts: [[Int]],
    pass: (_ pieces: [SequencePiece], _ ends: [End]) throws -> [Int?]
  ) rethrows {
    precondition(texts.allSatisfy { !$0.isEmpty }, "a text without tokens")
    var next = 0
    while next < texts.count || !active.isEmpty {
      while next < texts.count, let slot = free.popLast() {
        active.append(Sequence(text: next, slot: slot, pending: texts[next][...]))
        next += 1
      }
      let taken = take()
      let ends = ends(of: taken)
      let tokens = try pass(taken.map(\.piece), ends.map(\.end))
      precondition(tokens.count == ends.count)
      for (end, token) in zip(ends, tokens) {
        active[end.index].pending = token.map { [$0] } ?? []
        if token == nil { free.append(end.end.slot) }
      }
      // What was not taken still has all of its tokens.
      active.removeAll { $0.pending.isEmpty }
    }
  }

  /// Texts that go on come first: they are a token each, and theirs are the slots that come free.
  private mutating func take() -> [(index: Int, piece: SequencePiece)] {
    var left = Workspace.largestBatch
    var taken: [(index: Int, piece: SequencePiece)] = []
    let order =
      active.indices.filter { active[$0].pending.count == 1 }
      + active.indices.filter { active[$0].pending.count > 1 }
    for index in order where left > 0 {
      let tokens = active[index].pending.prefix(left)
      active[index].pending = active[index].pending.dropFirst(tokens.count)
      active[index].position += tokens.count
      left -= tokens.count
      taken.append((index, .init(slot: active[index].slot, tokens: tokens)))
    }
    return taken
  }

  private func ends(
    of taken: [(index: Int, piece: SequencePiece)]
  ) -> [(index: Int, end: End)] {
    var column = 0
    var ends: [(index: Int, end: End)] = []
    for (index, piece) in taken {
      column += piece.tokens.count
      let sequence = active[index]
      guard sequence.pending.isEmpty else { continue }
      ends.append(
        (
          index,
          End(
            text: sequence.text, slot: sequence.slot, column: column - 1,
            position: sequence.position)
        ))
    }
    return ends
  }
}
