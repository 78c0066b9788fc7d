import DequeModule

/// The uploads of one session: which hidden states the present connection has carried, and how many more may
/// follow before the cloud acknowledges some.
package struct UploadWindow {
  package enum Next: Equatable, Sendable {
    case states(Message.States)
    /// Everything that may be sent has been.
    case nothing
    /// The cloud has to acknowledge something first.
    case windowIsFull
  }

  /// The most positions that wait for a request to go out with, and their bytes: more are sent without one, so that
  /// what a request carries is soon there (2,500 bytes take 2 ms at 10 Mbit/s).
  private static let (mostHeld, mostHeldBytes) = (3, 2500)

  /// Positions that wait for a request.
  package static func mostHeld(positionBytes: Int) -> Int {
    min(mostHeld, mostHeldBytes / positionBytes)
  }

  /// States that went out and are not acknowledged.
  private struct Sent {
    let range: Range<Int>
    /// Whether they went out with a request, whose answer acknowledges them.
    let isInAsk: Bool
  }

  /// Positions that wait for a request.
  let mostHeld: Int
  private let isCompressed: Bool
  private var log: UploadLog
  /// Positions that the cloud takes beyond those it has acknowledged.
  private var size = 0
  /// The positions of each message of states that is not acknowledged, oldest first.
  private var unacknowledged: Deque<Sent> = []
  /// Positions that went out on this connection.
  package private(set) var sent = 0

  package init(_ encoding: StatesEncoding, hiddenSize: Int) {
    isCompressed = encoding.isCompressed
    let codec = StatesCodec(encoding.format, hiddenSize: hiddenSize)
    mostHeld = Self.mostHeld(positionBytes: codec.positionBytes)
    log = UploadLog(codec)
  }

  /// Positions whose states are known, sent or not.
  package var positions: Int { log.positions }

  /// Adds states to what is to be uploaded.
  ///
  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  package mutating func append(_ states: [Float]) { log.append(states) }

  /// Adds tokens to what is to be uploaded in place of states.
  package mutating func append(tokens: some Collection<Int>) { log.append(tokens: tokens) }

  /// Begins again from position 0: the cloud has lost the states, or the connection is new.
  package mutating func resend() {
    sent = 0
    unacknowledged.removeAll()
  }

  /// Sets how many positions may be unacknowledged.
  package mutating func resize(to positions: Int) { size = positions }

  /// Takes the next message of states to send.
  ///
  /// - Parameter end: the position to stop before; nil for everything there is.
  package mutating func next(before end: Int? = nil) -> Next {
    let end = min(end ?? positions, positions)
    guard sent < end else { return .nothing }
    let room = room
    guard room > 0 else { return .windowIsFull }
    return .states(take(sent..<min(end, sent + min(Message.mostPositions, room)), isInAsk: false))
  }

  /// Takes the states that go out with a request: all that were not sent before its position.
  ///
  /// - Returns: nil where there are none, or more than one message may carry or the cloud takes now.
  package mutating func takeStates(forAskAt position: Int) -> Message.States? {
    guard sent < position, position <= positions,
      position - sent <= min(Message.mostPositions, room)
    else { return nil }
    return take(sent..<position, isInAsk: true)
  }

  private mutating func take(_ range: Range<Int>, isInAsk: Bool) -> Message.States {
    unacknowledged.append(Sent(range: range, isInAsk: isInAsk))
    sent = range.upperBound
    return log.states(range, compressed: isCompressed)
  }

  /// Positions that may go out now.
  private var room: Int { size - unacknowledged.reduce(0) { $0 + $1.range.count } }
  /// Positions whose states are known and were not sent.
  package var unsent: Int { positions - sent }

  /// The cloud has taken the oldest unacknowledged message.
  ///
  /// - Parameters:
  ///   - positions: how many it says are there now.
  ///   - isInAsk: whether the answer to a request says so, with which the states went out.
  /// - Returns: false for an acknowledgement of something else than that message.
  package mutating func acknowledge(_ positions: Int, isInAsk: Bool = false) -> Bool {
    guard let oldest = unacknowledged.first, oldest.range.upperBound == positions,
      oldest.isInAsk == isInAsk
    else { return false }
    unacknowledged.removeFirst()
    return true
  }

  /// Drops the states from this position on: they stood on a draft that was wrong.
  ///
  /// - Returns: whether some of them were sent, so that the cloud must be told.
  package mutating func rollBack(to positions: Int) -> Bool {
    log.truncate(to: positions)
    guard sent > positions else { return false }
    sent = positions
    return true
  }
}
