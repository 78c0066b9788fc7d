#if Network
  import CleaveRuntime
  import Synchronization

  /// The replies of one session that wait to be written, bounded by their number and by their bytes: states that come
  /// back are large, and what waits here is in no budget of the cloud's.
  package final class ReplyOutbox: Sendable {
    /// The most replies that wait for a peer that does not read.
    private static let mostWaiting = 4096

    /// The replies in their order, for one reader.
    package let replies: AsyncStream<Message>
    private let outbox: AsyncStream<Message>.Continuation
    private let overflow = AsyncStream<Void>.makeStream()
    private let waitingBytes = Atomic(0)
    private let mostBytes: Int

    /// - Parameter mostBytes: the most bytes that wait. One honest answer must fit.
    package init(mostBytes: Int) {
      self.mostBytes = mostBytes
      (replies, outbox) = AsyncStream.makeStream(
        bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Adds a reply. A peer that has left too many unread is cut off.
    package func put(_ message: Message) {
      let bytes = message.wireBytes
      let waiting = waitingBytes.add(bytes, ordering: .relaxed).newValue
      if waiting <= mostBytes, case .enqueued = outbox.yield(message) { return }
      outbox.finish()
      overflow.continuation.finish()
    }

    /// A reply was taken out of `replies` and written.
    package func noteWritten(_ message: Message) {
      waitingBytes.subtract(message.wireBytes, ordering: .relaxed)
    }

    /// Ends `replies` behind those that wait.
    package func finish() { outbox.finish() }

    /// Waits until the peer is cut off.
    ///
    /// - Returns: whether it is; false where the task was cancelled.
    package func waitForOverflow() async -> Bool {
      for await _ in overflow.stream {}
      return !Task.isCancelled
    }
  }
#endif
