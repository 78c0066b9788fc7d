#if Network
  import CleaveRuntime
  import Synchronization

  /// Counts of what a server has seen since it began. Bytes are those of messages, as `Message.wireBytes` counts.
  package final class ServerCounters: Sendable {
    package struct Counts: Sendable {
      /// Streams begun.
      package fileprivate(set) var streams = 0
      package fileprivate(set) var bytesIn = 0
      package fileprivate(set) var bytesOut = 0
      package fileprivate(set) var messagesIn = 0
      package fileprivate(set) var messagesOut = 0
      package fileprivate(set) var positions = 0
      /// Cloud requests received.
      package fileprivate(set) var requests = 0
      package fileprivate(set) var answers = 0
      /// Calls of clients that were turned away.
      package fileprivate(set) var unauthenticated = 0
      /// Refusals sent.
      fileprivate(set) var refusals: [Message.Refusal.Code: Int] = [:]
    }

    private let state = Mutex(Counts())

    package var counts: Counts { state.withLock { $0 } }

    func noteStream() { state.withLock { $0.streams += 1 } }
    func noteUnauthenticated() { state.withLock { $0.unauthenticated += 1 } }

    func noteReceived(_ message: Message) {
      state.withLock {
        $0.bytesIn += message.wireBytes
        $0.messagesIn += 1
        $0.positions += Int(message.uploadedStates?.count ?? 0)
        if case .ask = message { $0.requests += 1 }
      }
    }

    func noteSent(_ message: Message) {
      state.withLock {
        $0.bytesOut += message.wireBytes
        $0.messagesOut += 1
        switch message {
        case .answer: $0.answers += 1
        case .refusal(let refusal): $0.refusals[refusal.code, default: 0] += 1
        default: break
        }
      }
    }
  }
#endif
