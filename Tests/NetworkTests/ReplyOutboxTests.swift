#if Network
  import CleaveNetwork
  import CleaveRuntime
  import Testing

  /// Replies that wait for a peer, and one that does not read.
  @Suite struct ReplyOutboxTests {
    private let message = Message.acknowledged(positions: 300)

    @Test func repliesAreReadInTheirOrder() async {
      let outbox = ReplyOutbox(mostBytes: 1000)
      for position in 1...3 { outbox.put(.acknowledged(positions: UInt32(position))) }
      outbox.finish()
      var read: [Message] = []
      for await message in outbox.replies { read.append(message) }
      #expect(read == (1...3).map { .acknowledged(positions: UInt32($0)) })
    }

    /// What was written makes room; what was not is bounded by its bytes.
    @Test func bytesAreBounded() async {
      let bytes = message.wireBytes
      let outbox = ReplyOutbox(mostBytes: 3 * bytes)
      var replies = outbox.replies.makeAsyncIterator()
      for _ in 0..<10 {
        outbox.put(message)
        #expect(await replies.next() == message)
        outbox.noteWritten(message)
      }
      for _ in 0..<4 { outbox.put(message) }
      #expect(await outbox.waitForOverflow())
      // Nothing is taken any more; what waited can still be read.
      outbox.put(message)
      var count = 0
      while await replies.next() != nil { count += 1 }
      #expect(count == 3)
    }

    @Test func waitingForAnOverflowCanBeCancelled() async {
      let outbox = ReplyOutbox(mostBytes: 10)
      let wait = Task { await outbox.waitForOverflow() }
      wait.cancel()
      #expect(await !wait.value)
    }
  }
#endif
