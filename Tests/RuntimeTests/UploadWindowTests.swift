import CleaveRuntime
import Testing

/// What an edge may upload next.
@Suite struct UploadWindowTests {
  private func window(positions: Int, size: Int) -> UploadWindow {
    var window = UploadWindow(.float32, hiddenSize: 2)
    window.append(Array(repeating: 0.5, count: 2 * positions))
    window.resize(to: size)
    return window
  }

  /// - Returns: the positions of the next message; nil when there is none.
  private func next(_ window: inout UploadWindow, before end: Int? = nil) -> Range<Int>? {
    guard case .states(let states) = window.next(before: end) else { return nil }
    let first = Int(states.firstPosition)
    return first..<(first + Int(states.count))
  }

  @Test func theWindowBoundsWhatIsNotAcknowledged() {
    var window = window(positions: 10, size: 4)
    var ranges = [next(&window), next(&window)]
    #expect(ranges == [0..<4, nil])
    var following = window.next()
    #expect(following == .windowIsFull)
    var isTaken = window.acknowledge(3)
    #expect(!isTaken)
    isTaken = window.acknowledge(4)
    #expect(isTaken)
    ranges = [next(&window, before: 5), next(&window, before: 5)]
    #expect(ranges == [4..<5, nil])
    following = window.next(before: 5)
    #expect(following == .nothing)
    ranges = [next(&window)]
    #expect(ranges == [5..<8])
  }

  @Test func aMessageHoldsNoMoreThanTheProtocolAllows() {
    var window = window(positions: 3000, size: 4000)
    let ranges = [next(&window), next(&window), next(&window)]
    #expect(ranges == [0..<1024, 1024..<2048, 2048..<3000])
  }

  @Test func afterALossEverythingIsSentAgain() {
    var window = window(positions: 3, size: 8)
    var range = next(&window)
    #expect(range == 0..<3)
    window.resend()
    #expect(window.sent == 0 && window.positions == 3)
    range = next(&window)
    #expect(range == 0..<3)
  }

  @Test func onlySentPositionsAreRolledBackInTheCloud() {
    var window = window(positions: 6, size: 4)
    _ = next(&window)
    var mustTell = window.rollBack(to: 5)
    #expect(!mustTell && window.positions == 5 && window.sent == 4)
    mustTell = window.rollBack(to: 2)
    #expect(mustTell && window.positions == 2 && window.sent == 2)
    // What was sent is acknowledged all the same.
    let isTaken = window.acknowledge(4)
    #expect(isTaken)
  }

  // MARK: - States that go out with a request

  private func take(_ window: inout UploadWindow, _ position: Int) -> Range<Int>? {
    window.takeStates(forAskAt: position).map {
      Int($0.firstPosition)..<Int($0.firstPosition) + Int($0.count)
    }
  }

  /// A few states wait, and few bytes of them.
  @Test(arguments: [(4, 3), (192, 3), (604, 3), (1152, 2), (2304, 1), (2501, 0), (16_384, 0)])
  func whatWaitsIsSmall(bytes: Int, positions: Int) {
    #expect(UploadWindow.mostHeld(positionBytes: bytes) == positions)
  }

  @Test func allThatIsUnsentGoesAtOnceOrNotAtAll() {
    var window = window(positions: 10, size: 4)
    var ranges = [take(&window, 11), take(&window, 5), take(&window, 3), take(&window, 3)]
    #expect(ranges == [nil, nil, 0..<3, nil])
    #expect(window.sent == 3 && window.unsent == 7)
    // One position of room.
    ranges = [take(&window, 5), take(&window, 4)]
    #expect(ranges == [nil, 3..<4])
    let next = window.next()
    #expect(next == .windowIsFull)
    window = self.window(positions: 2000, size: 4000)
    ranges = [take(&window, 1025), take(&window, 1024)]
    #expect(ranges == [nil, 0..<1024])
  }

  @Test func onlyAnAnswerAcknowledgesThem() {
    var window = window(positions: 6, size: 8)
    _ = window.next(before: 2)
    _ = take(&window, 4)
    var taken = [window.acknowledge(4, isInAsk: true), window.acknowledge(2)]
    #expect(taken == [false, true])
    taken = [window.acknowledge(4), window.acknowledge(3, isInAsk: true)]
    #expect(taken == [false, false])
    taken = [window.acknowledge(4, isInAsk: true), window.acknowledge(4, isInAsk: true)]
    #expect(taken == [true, false])
  }
}
