import CleaveRuntime
import Synchronization

/// A cloud in this process behind a link that is modelled: real frames and real computing, on a clock of
/// its own.
///
/// The cloud computes only while the edge waits, so that what passes on the real clock between two calls
/// is the edge's alone. States count with two bytes a number (float16), though the frames carry four.
package final class ModelledLink: CloudLink {
  private struct Waiting {
    let frame: [UInt8]
    let arrival: Double
  }

  private struct State {
    var clock: VirtualClock
    var waiting: [Waiting] = []
    /// Since when the edge computes.
    var mark = ContinuousClock.now
  }

  private let manager: CloudContextManager
  private let hiddenSize: Int
  private let link: LinkModel
  private let machine: MachineModel
  private let synchronous: Bool
  private let state: Mutex<State>

  /// - Parameter synchronous: the edge stands still while the uplink takes what it sends.
  package init(
    _ manager: CloudContextManager, hiddenSize: Int, link: LinkModel,
    machine: MachineModel = MachineModel(), synchronous: Bool = false
  ) {
    self.manager = manager
    self.hiddenSize = hiddenSize
    self.link = link
    self.machine = machine
    self.synchronous = synchronous
    state = Mutex(State(clock: VirtualClock(link)))
  }

  /// Forgets what was before, as the opening of the session: a response begins.
  package func start() {
    state.withLock { $0 = State(clock: VirtualClock(link)) }
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

  package func send(_ frame: [UInt8]) {
    state.withLock {
      edgeComputed(&$0)
      let arrival = $0.clock.send(wireBytes(frame), waits: synchronous)
      $0.waiting.append(Waiting(frame: frame, arrival: arrival))
      $0.mark = .now
    }
  }

  package func receive() async throws -> [UInt8] {
    state.withLock { edgeComputed(&$0) }
    for waiting in takeWaiting() {
      // One question at a time: nothing is sent after it before it is answered.
      guard let (reply, done) = await handle(waiting) else { continue }
      state.withLock {
        $0.clock.wait(until: $0.clock.reply(reply.count, at: done))
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

  private func handle(_ waiting: Waiting) async -> (reply: [UInt8], done: Double)? {
    let start = ContinuousClock.now
    let reply = await manager.handle(waiting.frame)
    let computed = seconds(since: start) / machine.cloudSpeedup
    let done = state.withLock { $0.clock.cloud(computed, from: waiting.arrival) }
    return reply.map { ($0, done) }
  }

  private func wireBytes(_ frame: [UInt8]) -> Int {
    guard let envelope = try? Envelope(frame: frame, hiddenSize: hiddenSize),
      case .states(let states) = envelope.message
    else { return frame.count }
    return frame.count - 2 * states.values.count
  }
}
