import CleaveModel

/// What comes back from the cloud to each of many sequences side by side, and from where it takes effect.
struct BatchFeedback {
  /// The sequence in one slot.
  private struct Sequence {
    /// The positions whose states the tail reads in place of its own: c + 1 of specs/exits.md, "Feedback".
    var rows = 0
    /// As many of them as it will be when the sequence next runs.
    var next = 0
    /// The states that came back, of positions from `rows` on.
    var returned: RowLog
  }

  let feedback: ExitFeedback
  private let codec: StatesCodec
  private var sequences: [Sequence]

  init(_ feedback: ExitFeedback, hiddenSize: Int, slots: Int) {
    self.feedback = feedback
    codec = StatesCodec(feedback, hiddenSize: hiddenSize)
    sequences = Array(repeating: Sequence(returned: RowLog(width: hiddenSize)), count: slots)
  }

  /// Begins a sequence in a free slot, at whose first positions states have come back.
  mutating func begin(_ slot: Int, rows: Int) {
    sequences[slot] = Sequence(rows: rows, next: rows, returned: RowLog(width: codec.hiddenSize))
  }

  /// The cloud was asked about a position: the states before it take effect when the sequence next runs.
  mutating func note(asked position: Int, slot: Int) { sequences[slot].next = position }

  /// The positions from which on the tail reads something else than it did, with the states it reads there; nil
  /// where nothing new takes effect.
  mutating func takeEffect(slot: Int) -> (first: Int, states: [Float])? {
    let sequence = sequences[slot]
    guard sequence.next > sequence.rows else { return nil }
    let states = Array(sequence.returned.rows(sequence.rows..<sequence.next))
    sequences[slot].rows = sequence.next
    sequences[slot].returned.drop(before: sequence.next)
    return (sequence.rows, states)
  }

  /// Takes the states that the cloud would send back of the next positions of a sequence.
  ///
  /// - Parameters:
  ///   - states: `[count, hidden]` at the feedback's depth.
  ///   - position: of the first.
  /// - Returns: those that have taken effect already: `[.., hidden]`.
  /// - Throws: `MessageError` for states that the packing cannot hold.
  mutating func take(
    _ states: ArraySlice<Float>, position: Int, slot: Int
  ) throws(MessageError) -> ArraySlice<Float> {
    let received = try codec.received(Array(states))
    let effective = max(0, sequences[slot].rows - position) * codec.hiddenSize
    sequences[slot].returned.append(received)
    sequences[slot].returned.drop(before: sequences[slot].rows)
    return received.prefix(effective)
  }
}
