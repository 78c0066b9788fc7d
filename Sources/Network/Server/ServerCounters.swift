#if Network
  import CleaveRuntime
  import Synchronization

  /// What a server has seen since it began. Bytes are those of messages, as `Message.wireBytes` counts them.
  package final class ServerCounters: Sendable {
    package let streams = Atomic(0)
    package let bytesIn = Atomic(0)
    package let bytesOut = Atomic(0)
    package let positions = Atomic(0)
    package let questions = Atomic(0)
    package let answers = Atomic(0)
    package let unauthenticated = Atomic(0)
    private let refusals = Mutex<[Message.Refusal.Code: Int]>([:])

    func received(_ message: Message) {
      bytesIn.add(message.wireBytes, ordering: .relaxed)
      switch message {
      case .states(let states): positions.add(Int(states.count), ordering: .relaxed)
      case .ask: questions.add(1, ordering: .relaxed)
      default: break
      }
    }

    func sent(_ message: Message) {
      bytesOut.add(message.wireBytes, ordering: .relaxed)
      switch message {
      case .answer: answers.add(1, ordering: .relaxed)
      case .refusal(let refusal): refusals.withLock { $0[refusal.code, default: 0] += 1 }
      default: break
      }
    }

    /// Of every code, those that never came included.
    var refusalCounts: [(code: Message.Refusal.Code, count: Int)] {
      let counts = refusals.withLock { $0 }
      return Message.Refusal.Code.allCases.map { ($0, counts[$0] ?? 0) }
    }
  }
#endif
