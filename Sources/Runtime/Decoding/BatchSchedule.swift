/// Decides which tokens of which sequences run next, where many run side by side: whenever one ends, the next
/// prompt takes its slot, and prompts are read in the same passes in which other sequences are continued.
struct BatchSchedule {
  /// A sequence all of whose tokens have run after a pass.
  struct End {
    /// The index of its prompt.
    let prompt: Int
    let slot: Int
    /// The column of its last token in the pass.
    let column: Int
    /// The number of tokens that have run: the position of the next one.
    let position: Int
  }

  /// A sequence under way.
  private struct Sequence {
    let prompt: Int
    let slot: Int
    /// The tokens that have not run: the rest of the prompt, or the token that continues it.
    var pending: ArraySlice<Int>
    /// The number of tokens that have run.
    var position = 0
  }

  private var free: [Int]
  private var active: [Sequence] = []

  init(slots: Int) { free = Array((0..<slots).reversed()) }

  /// Runs all prompts and what follows them.
  ///
  /// - Parameters:
  ///   - prompts: tokens, none of them empty.
  ///   - window: the most prompts from the first that has not ended to the last that has begun.
  ///   - begin: told which prompt has got which slot.
  ///   - pass: runs the pieces, at most `Workspace.largestBatch` tokens in all, and returns for each sequence
  ///     in `ends` the tokens that continue it, none where it has ended and its slot is free.
  mutating func run(
    _ prompts: [[Int]], window: Int = .max,
    begin: (_ prompt: Int, _ slot: Int) -> Void = { _, _ in },
    pass: (_ pieces: [SequencePiece], _ ends: [End]) throws -> [[Int]]
  ) rethrows {
    precondition(prompts.allSatisfy { !$0.isEmpty }, "a prompt without tokens")
    var next = 0
    while next < prompts.count || !active.isEmpty {
      let first = active.map(\.prompt).min() ?? next
      while next < prompts.count, next - first < window, let slot = free.popLast() {
        active.append(Sequence(prompt: next, slot: slot, pending: prompts[next][...]))
        begin(next, slot)
        next += 1
      }
      let taken = take()
      let ends = ends(of: taken)
      let tokens = try pass(taken.map(\.piece), ends.map(\.end))
      precondition(tokens.count == ends.count)
      for (end, tokens) in zip(ends, tokens) {
        active[end.index].pending = tokens[...]
        if tokens.isEmpty { free.append(end.end.slot) }
      }
      // A sequence that was not taken still has all of its tokens.
      active.removeAll { $0.pending.isEmpty }
    }
  }

  /// Takes the pieces of the next pass. Sequences that are being continued come first: they are one token
  /// each, and the slots that come free are theirs.
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
      taken.append(
        (
          index,
          .init(slot: active[index].slot, tokens: tokens, prompt: active[index].prompt)
        ))
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
            prompt: sequence.prompt, slot: sequence.slot, column: column - 1,
            position: sequence.position)
        ))
    }
    return ends
  }
}
