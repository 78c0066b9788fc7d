import DequeModule

/// The uploads of one session: which hidden states the present connection has carried, and how many more may
/// follow before the cloud acknowledges some.
package struct UploadWindow {
  package enum Next: Equatable, Sendable {
    case states(Message)
    /// Everything that may be sent has been.
    case nothing
    /// The cloud has to acknowledge something first.
    case windowIsFull
  }

  private let isCompressed: Bool
  private var log: UploadLog
  /// Positions that the cloud takes beyond those it has acknowledged.
  private var size = 0
  /// The positions of each message of states that is not acknowledged, oldest first.
  private var unacknowledged: Deque<Range<Int>> = []
  /// Positions that went out on this connection.
  package private(set) var sent = 0

  package init(_ encoding: StatesEncoding, hiddenSize: Int) {
    isCompressed = encoding.isCompressed
    log = UploadLog(StatesCodec(encoding.format, hiddenSize: hiddenSize))
  }

  /// Positions whose states are known, sent or not.
  package var positions: Int { log.positions }

  /// Adds states to what is to be uploaded.
  ///
  /// - Parameter states: `[count, hidden]`, of the positions that follow.
  package mutating func append(_ states: [Float]) { log.append(states) }

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
    let room = size - unacknowledged.reduce(0) { $0 + $1.count }
    guard room > 0 else { return .windowIsFull }
    let range = sent..<min(end, sent + min(Message.mostPositions, room))
    unacknowledged.append(range)
    sent = range.upperBound
    return .states(log.message(range, compressed: isCompressed))
  }

  /// The cloud has taken the oldest unacknowledged message.
  ///
  /// - Parameter positions: how many it says are there now.
  /// - Returns: false for an acknowledgement of something else than that message.
  package mutating func acknowledge(_ positions: Int) -> Bool {
    guard unacknowledged.first?.upperBound == positions else { return false }
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
