import CleaveRuntime
import Synchronization

/// A cloud in this process behind a modelled link: messages and computing are real, time is that of a
/// `VirtualClock`.
///
/// The cloud computes only while the edge waits, so that the real time between two calls is the edge's
/// alone. Hidden states count with two bytes a number (float16), though the messages carry four.
package final class ModelledLink: CloudLink {
  private struct Waiting {
    let message: Message
    let arrival: Double
  }

  private struct State {
    var clock: VirtualClock
    var waiting: [Waiting] = []
    /// Replies that have arrived.
    var ready: [Message] = []
    /// When the edge began to compute.
    var mark = ContinuousClock.now
    var connection: CloudConnection?
  }

  private let manager: CloudContextManager
  private let inbox = MessageQueue()
  private let link: LinkModel
  private let machine: MachineModel
  private let synchronous: Bool
  private let state: Mutex<State>

  /// - Parameter synchronous: whether the edge waits until the uplink has taken what it sends.
  package init(
    _ manager: CloudContextManager, link: LinkModel,
    machine: MachineModel = MachineModel(), synchronous: Bool = false
  ) {
    self.manager = manager
    self.link = link
    self.machine = machine
    self.synchronous = synchronous
    state = Mutex(State(clock: VirtualClock(link)))
  }

  /// Begins a response: costs so far, as those of opening the session, are dropped.
  package func start() {
    state.withLock { $0 = State(clock: VirtualClock(link), connection: $0.connection) }
  }

  /// Ends a response and returns the clock with its time and costs.
  package func stop() -> VirtualClock {
    state.withLock {
      edgeComputed(&$0)
      return $0.clock
    }
  }

  /// Lets the cloud take the hidden states that no cloud request needed.
  ///
  /// - Returns: the clock with the cloud's costs for them.
  package func drain() async -> VirtualClock {
    for waiting in takeWaiting() { _ = await handle(waiting) }
    return state.withLock { $0.clock }
  }

  package func send(_ message: Message) {
    state.withLock {
      edgeComputed(&$0)
      let arrival = $0.clock.send(wireBytes(message), waits: synchronous)
      $0.waiting.append(Waiting(message: message, arrival: arrival))
      $0.mark = .now
    }
  }

  package func receive() async throws -> Message {
    state.withLock { edgeComputed(&$0) }
    if let reply = takeReady() { return reply }
    for waiting in takeWaiting() {
      // One cloud request at a time: nothing is sent after it before it is answered.
      let (replies, done) = await handle(waiting)
      state.withLock { state in
        for reply in replies where !reply.isAcknowledgement {
          state.clock.wait(until: state.clock.reply(reply.wireBytes, at: done))
        }
        if !replies.isEmpty { state.mark = .now }
        state.ready = replies
      }
      if let reply = takeReady() { return reply }
    }
    throw LinkClosed()
  }

  package func close() {}

  private func edgeComputed(_ state: inout State) {
    state.clock.edge(seconds(since: state.mark) * machine.edgeSlowdown)
    state.mark = .now
  }

  private func takeWaiting() -> [Waiting] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  private func takeReady() -> Message? {
    state.withLock { $0.ready.isEmpty ? nil : $0.ready.removeFirst() }
  }

  /// Lets the cloud take a message. Acknowledgements among its replies cost nothing.
  private func handle(_ waiting: Waiting) async -> (replies: [Message], done: Double) {
    let start = ContinuousClock.now
    let connection = await connection()
    await connection.receive(waiting.message)
    var replies: [Message] = []
    switch waiting.message {
    case .open, .ask: replies = await nextReplies()
    default: break
    }
    let computed = seconds(since: start) / machine.cloudSpeedup
    let done = state.withLock { $0.clock.cloud(computed, from: waiting.arrival) }
    return (replies, done)
  }

  /// The reply to a message, with the acknowledgements and the states that come back before it.
  private func nextReplies() async -> [Message] {
    var replies: [Message] = []
    while let message = try? await inbox.take() {
      replies.append(message)
      if message.isAcknowledgement { continue }
      guard case .returned = message else { break }
    }
    return replies
  }

  private func connection() async -> CloudConnection {
    if let connection = state.withLock({ $0.connection }) { return connection }
    let inbox = inbox
    let connection = await manager.connect(client: "") { inbox.put($0) }
    state.withLock { $0.connection = connection }
    return connection
  }

  private func wireBytes(_ message: Message) -> Int {
    guard let states = message.uploadedStates else { return message.wireBytes }
    return message.wireBytes - states.data.count / 2
  }
}

extension Message {
  fileprivate var isAcknowledgement: Bool {
    if case .acknowledged = self { true } else { false }
  }
}
