import HeapModule

/// A discrete-event simulation of devices, their links and one cloud. It is deterministic: equal times are taken in the
/// order in which they were scheduled.
package struct Simulation {
  private enum Event {
    case act(Int)
    case atCloud(Int, SimulatedMessage)
    case passEnds
    case atClient(Int, number: Int)
  }

  private struct Scheduled: Comparable {
    let time: Double
    let order: Int
    let event: Event

    static func < (first: Self, second: Self) -> Bool {
      (first.time, first.order) < (second.time, second.order)
    }

    static func == (first: Self, second: Self) -> Bool { first.order == second.order }
  }

  private let scenario: Scenario
  private var clients: [SimulatedClient]
  private var isWaiting: [Bool]
  private var server: SimulatedServer
  private var events = Heap<Scheduled>()
  private var scheduled = 0
  /// The texts that each client still begins.
  private var texts: [[Int]]
  private var outcomes: [TextOutcome] = []
  private var now = 0.0

  private init(_ scenario: Scenario, textsEach: Int) {
    self.scenario = scenario
    clients = (0..<scenario.clients).map { _ in SimulatedClient(scenario) }
    isWaiting = clients.map { _ in false }
    server = SimulatedServer(scenario)
    // Each begins elsewhere, so that they do not all generate the same text at once.
    texts = clients.indices.map { client in
      (0..<textsEach).map { (client * textsEach + $0) % scenario.texts.count }.reversed()
    }
  }

  /// Plays a scenario.
  ///
  /// - Parameter textsEach: how many texts each client generates.
  package static func run(_ scenario: Scenario, textsEach: Int) -> SimulationOutcome {
    var simulation = Simulation(scenario, textsEach: textsEach)
    simulation.play()
    precondition(
      simulation.outcomes.count == scenario.clients * textsEach, "every text comes to its end")
    return SimulationOutcome(
      texts: simulation.outcomes, cloudSeconds: simulation.server.busy, seconds: simulation.now)
  }

  private mutating func play() {
    for client in clients.indices { beginText(client, at: 0) }
    while let next = events.popMin() {
      now = next.time
      switch next.event {
      case .act(let client): act(client)
      case .atCloud(let client, let message):
        server.receive(message, from: client)
        beginPass()
      case .passEnds:
        for reply in server.endPass() { send(reply) }
        beginPass()
      case .atClient(let client, let number):
        clients[client].receive(number)
        if isWaiting[client] { act(client) }
      }
    }
  }

  private mutating func schedule(_ event: Event, at time: Double) {
    events.insert(Scheduled(time: time, order: scheduled, event: event))
    scheduled += 1
  }

  private mutating func beginText(_ client: Int, at time: Double) {
    guard let text = texts[client].popLast() else { return }
    clients[client].begin(scenario.texts[text], at: time)
    schedule(.act(client), at: time)
  }

  private mutating func act(_ client: Int) {
    let step = clients[client].act(at: now)
    isWaiting[client] = step == .waiting
    let sent = clients[client].outbox
    clients[client].outbox.removeAll(keepingCapacity: true)
    for sent in sent { schedule(.atCloud(client, sent.message), at: sent.arrival) }
    switch step {
    case .busy(let end): schedule(.act(client), at: end)
    case .waiting: break
    case .finished:
      outcomes.append(clients[client].outcome)
      beginText(client, at: now + scenario.think)
    }
  }

  private mutating func beginPass() {
    guard let seconds = server.beginPass() else { return }
    schedule(.passEnds, at: now + seconds)
  }

  private mutating func send(_ reply: SimulatedServer.Reply) {
    let arrival = clients[reply.client].downlink.send(
      scenario.sizes.answer(returned: reply.returned), at: now)
    schedule(
      .atClient(reply.client, number: reply.number), at: arrival + scenario.messageSeconds)
  }
}
