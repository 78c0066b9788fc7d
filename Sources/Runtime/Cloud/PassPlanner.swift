/// The planner of passes chooses the sessions of the next pass, and how many positions each runs: a long prompt is
/// read in chunks, so that no other session waits for the whole of it.
package struct PassPlanner {
  /// The next positions of one session.
  package struct Piece: Equatable, Sendable {
    package let session: UInt64
    package let count: Int

    package init(session: UInt64, count: Int) {
      self.session = session
      self.count = count
    }
  }

  /// Positions of one session in a pass that others wait for, unless the pass is small.
  package static var chunk: Int { 32 }

  /// Positions of one pass, at least 2.
  package var largestPass: Int
  /// Sessions with a request, in the order of their turns.
  private var turns: [UInt64] = []

  /// - Parameter largestPass: positions of one pass.
  package init(largestPass: Int) { self.largestPass = largestPass }

  package var isEmpty: Bool { turns.isEmpty }

  package mutating func append(_ session: UInt64) { turns.append(session) }
  package mutating func remove(_ session: UInt64) { turns.removeAll { $0 == session } }

  /// Chooses the pieces of the next pass. Sessions that can be answered with one chunk go first, in their turns;
  /// room for one chunk is kept for a session that cannot, so that neither kind waits for ever. A session
  /// whose last position is in the pass leaves the planner.
  ///
  /// - Parameter pending: positions of a session that did not run.
  package mutating func plan(pending: (UInt64) -> Int) -> [Piece] {
    let chunk = min(Self.chunk, largestPass / 2)
    let sessions = turns.map { Piece(session: $0, count: pending($0)) }
    let short = sessions.filter { $0.count <= chunk }
    let long = sessions.filter { $0.count > chunk }
    let reserve = long.isEmpty ? 0 : chunk
    var room = largestPass - reserve
    var pieces: [Piece] = []
    var (waiting, unfinished): ([UInt64], [UInt64]) = ([], [])
    for session in short {
      guard session.count <= room else {
        waiting.append(session.session)
        continue
      }
      room -= session.count
      pieces.append(session)
    }
    room += reserve
    for session in long {
      // Alone it need not be read in chunks.
      let most = turns.count == 1 ? largestPass : chunk
      let count = min(session.count, most, room)
      guard count > 0 else {
        waiting.append(session.session)
        continue
      }
      room -= count
      pieces.append(Piece(session: session.session, count: count))
      if count < session.count { unfinished.append(session.session) }
    }
    // A session that had a piece stands behind those that had none.
    turns = waiting + unfinished
    return pieces
  }
}
