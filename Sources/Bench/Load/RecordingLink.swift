import CleaveRuntime
import Synchronization

/// A link that records the messages that pass and how long the edge computed between them.
final class RecordingLink: CloudLink {
  private struct Record {
    var trace = Trace()
    var mark = ContinuousClock.now
    var computed = Duration.zero

    /// Ends a period in which the edge computed.
    mutating func pause() {
      let now = ContinuousClock.now
      computed += mark.duration(to: now)
      mark = now
    }

    mutating func add(_ event: Trace.Event) {
      trace.steps.append(Trace.Step(event: event, computed: computed))
      computed = .zero
    }
  }

  private let link: any CloudLink
  private let record = Mutex(Record())

  init(_ link: any CloudLink) { self.link = link }

  var trace: Trace { record.withLock { $0.trace } }

  func note(_ event: Trace.Event) {
    record.withLock {
      $0.pause()
      $0.add(event)
    }
  }

  func send(_ message: Message) {
    note(.send(message))
    link.send(message)
  }

  func receive() async throws -> Message { try await receive(within: nil) }

  func receive(within limit: Duration?) async throws -> Message {
    record.withLock { $0.pause() }
    let message = try await link.receive(within: limit)
    return took(message)
  }

  func poll() throws -> Message? { try link.poll().map(took) }

  func close() { link.close() }

  /// Records a received message; the time spent waiting for it does not count as computing.
  private func took(_ message: Message) -> Message {
    record.withLock {
      $0.mark = .now
      switch message {
      case .opened: $0.add(.opened)
      case .answer(let answer): $0.add(.answer(answer))
      default: break
      }
    }
    return message
  }
}
