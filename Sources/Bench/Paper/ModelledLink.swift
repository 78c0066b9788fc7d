import CleaveRuntime
import Synchronization

/// A cloud in this process behind a link that is modelled: real messages and real computing, on a clock of
/// its own.
///
/// The cloud computes only while the edge waits, so that what passes on the real clock between two calls
/// is the edge's alone. States count with two bytes a number (float16), though the messages carry four.
package final class ModelledLink: CloudLink {
  private struct Waiting {
    let message: Message
    let arrival: Double
  }

  private struct State {
    var clock: VirtualClock
    var waiting: [Waiting] = []
    /// Since when the edge computes.
    var mark = ContinuousClock.now
    var connection: CloudConnection?
  }

  private let manager: CloudContextManager
  private let inbox = MessageQueue()
  private let link: LinkModel
  private let machine: MachineModel
  private let synchronous: Bool
  private let state: Mutex<State>

  /// - Parameter synchronous: the edge stands still while the uplink takes what it sends.
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

  /// Forgets what was before, as the opening of the session: a response begins.
  package func start() {
    state.withLock { $0 = State(clock: VirtualClock(link), connection: $0.connection) }
  }

  /// The response is whole: what its time came to.
  package func stop() -> VirtualClock {
    state.withLock {
      edgeComputed(&$0)
      return $0.clock
    }
  }

  /// The cloud takes the states that nobody asked about.
  ///
  /// - Returns: the clock with the cloud's costs of it.
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
    for waiting in takeWaiting() {
      // One question at a time: nothing is sent after it before it is answered.
      guard let (reply, done) = await handle(waiting) else { continue }
      state.withLock {
        $0.clock.wait(until: $0.clock.reply(reply.wireBytes, at: done))
        $0.mark = .now
      }
      return reply
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

  /// The cloud takes a message; of what it says, acknowledgements cost nothing and are dropped.
  private func handle(_ waiting: Waiting) async -> (reply: Message, done: Double)? {
    let start = ContinuousClock.now
    let connection = await connection()
    await connection.receive(waiting.message)
    var reply: Message?
    switch waiting.message {
    case .open, .ask: reply = await nextReply()
    default: break
    }
    let computed = seconds(since: start) / machine.cloudSpeedup
    let done = state.withLock { $0.clock.cloud(computed, from: waiting.arrival) }
    return reply.map { ($0, done) }
  }

  private func nextReply() async -> Message? {
    while let message = try? await inbox.take() {
      if case .acknowledged = message { continue }
      return message
    }
    return nil
  }

  private func connection() async -> CloudConnection {
    if let connection = state.withLock({ $0.connection }) { return connection }
    let inbox = inbox
    let connection = await manager.connect(client: "") { inbox.put($0) }
    state.withLock { $0.connection = connection }
    return connection
  }

  private func wireBytes(_ message: Message) -> Int {
    guard case .states(let states) = message else { return message.wireBytes }
    return message.wireBytes - states.data.count / 2
  }
}
