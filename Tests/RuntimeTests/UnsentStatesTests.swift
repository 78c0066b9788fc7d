import CleaveRuntime
import Testing

/// States that wait to be sent back.
@Suite struct UnsentStatesTests {
  private let feedback = Message.Feedback(depth: 4, format: .float16)

  /// Rows of two numbers that say their position.
  private func rows(_ range: Range<Int>) -> [UInt8] {
    StatesCodec(.float16, hiddenSize: 2).encode(range.flatMap { [Float($0), 1] })
  }

  private func message(_ range: Range<Int>) -> Message.Returned {
    Message.Returned(
      firstPosition: UInt32(range.lowerBound), count: UInt32(range.count), data: rows(range))
  }

  @Test func eachIsSentOnceAndInItsTurn() {
    var unsent = UnsentStates(feedback, hiddenSize: 2)
    #expect(unsent.take(before: 4) == [])
    unsent.append(rows(0..<3))
    unsent.append(rows(3..<5))
    #expect(unsent.take(before: 4) == [message(0..<4)])
    #expect(unsent.take(before: 4) == [])
    #expect(unsent.take(before: 9) == [message(4..<5)])
  }

  /// A long prompt's come back in several messages.
  @Test func manyAreSentInPieces() {
    let most = Message.mostPositions
    var unsent = UnsentStates(feedback, hiddenSize: 2)
    unsent.append(rows(0..<2 * most + 3))
    #expect(
      unsent.take(before: 2 * most + 2)
        == [message(0..<most), message(most..<2 * most), message(2 * most..<2 * most + 2)])
    #expect(unsent.take(before: 2 * most + 3) == [message(2 * most + 2..<2 * most + 3)])
  }

  @Test func whatIsTakenBackIsSentAnew() {
    var unsent = UnsentStates(feedback, hiddenSize: 2)
    unsent.append(rows(0..<6))
    _ = unsent.take(before: 4)
    unsent.rollBack(to: 5)
    #expect(unsent.take(before: 9) == [message(4..<5)])
    unsent.rollBack(to: 2)
    unsent.append(rows(2..<3))
    #expect(unsent.take(before: 9) == [message(2..<3)])
    unsent.clear()
    unsent.append(rows(0..<1))
    #expect(unsent.take(before: 9) == [message(0..<1)])
  }

  /// They are paid for before they are there.
  @Test func theirMemoryIsCounted() {
    var unsent = UnsentStates(feedback, hiddenSize: 2)
    #expect(unsent.bytes(positions: 100) == 400)
    unsent.append(rows(0..<60))
    #expect(unsent.bytes(positions: 100) == 400 && unsent.bytes(positions: 60) >= 240)
    _ = unsent.take(before: 60)
    #expect(unsent.bytes(positions: 60) == 0)
  }
}
