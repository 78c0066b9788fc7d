import HeapModule

/// A discrete-event simulation of devices, their links and one cloud. It is deterministic: equal times are taken in the
/// order in which they were scheduled.
package struct Simulation {
  private enum Event {
    case act(Int)
    case atMiddle(Int, SimulatedMessage)
    case middleEnds
    case answerAtMiddle(Int)
    case atCloud(Int, SimulatedMessage)
    case passEnds
    case atClient(Int, SimulatedAnswer)
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
  private var middle: SimulatedMiddle?
  /// The link between the middle tier and the cloud.
  private var behind: (up: LinkDirection, down: LinkDirection)?
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
    middle = scenario.middle.map { SimulatedMiddle(scenario, $0) }
    behind = scenario.middle.map { LinkDirection.both($0.link) }
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
    let behind = simulation.behind.map { $0.up.bytes + $0.down.bytes }
    return SimulationOutcome(
      texts: simulation.outcomes, cloudSeconds: simulation.server.busy,
      middleSeconds: simulation.middle?.busy ?? 0, bytesBehind: behind ?? 0,
      seconds: simulation.now)
  }

  private mutating func play() {
    for client in clients.indices { beginText(client, at: 0) }
    while let next = events.popMin() {
      now = next.time
      switch next.event {
      case .act(let client): act(client)
      case .atMiddle(let client, let message):
        take(middle?.receive(message, from: client, text: clients[client].text) ?? [])
      case .middleEnds: take(middle?.end() ?? [])
      case .answerAtMiddle(let client): take(middle?.takeAnswer(of: client) ?? [])
      case .atCloud(let client, let message):
        server.receive(message, from: client)
        beginPass()
      case .passEnds:
        for reply in server.endPass() { send(reply) }
        beginPass()
      case .atClient(let client, let answer):
        clients[client].receive(answer)
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
    for sent in sent {
      let message = sent.message
      schedule(
        middle == nil ? .atCloud(client, message) : .atMiddle(client, message), at: sent.arrival)
    }
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

  /// What an answer takes beyond its link.
  private var overhead: Double { scenario.messageSeconds + scenario.requestSeconds }

  /// The cloud's answer goes to the client, or to the tier between.
  private mutating func send(_ reply: SimulatedServer.Reply) {
    if let sizes = scenario.middle?.sizes,
      let arrival = behind?.down.send(sizes.answer(returned: 0), at: now)
    {
      return schedule(.answerAtMiddle(reply.client), at: arrival + overhead)
    }
    send(SimulatedAnswer(number: reply.number), to: reply.client, returned: reply.returned)
  }

  private mutating func send(_ answer: SimulatedAnswer, to client: Int, returned: Int) {
    let arrival = clients[client].downlink.send(
      scenario.sizes.answer(returned: returned), at: now)
    schedule(.atClient(client, answer), at: arrival + overhead)
  }

  /// What the middle tier sends, and its next request.
  private mutating func take(_ effects: [SimulatedMiddle.Effect]) {
    for effect in effects {
      switch effect {
      case .answer(let client, let answer): send(answer, to: client, returned: 0)
      case .behind(let client, let message, let bytes):
        let leaves = now + scenario.messageSeconds
        guard let arrival = behind?.up.send(bytes, at: leaves) else {
          preconditionFailure("a middle tier has a link behind it")
        }
        schedule(.atCloud(client, message), at: arrival)
      }
    }
    if let seconds = middle?.begin() { schedule(.middleEnds, at: now + seconds) }
  }
}
