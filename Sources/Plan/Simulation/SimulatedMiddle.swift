import CleaveExits
import CleaveModel
import DequeModule

/// A middle tier as `cleave serve MIDDLE` is one: a request's states run through its blocks, its exits answer if one is
/// sure, else the cloud does. A session's messages are handled one after another, and sessions share no passes.
struct SimulatedMiddle {
  /// What leaves the tier.
  enum Effect {
    case answer(client: Int, SimulatedAnswer)
    case behind(client: Int, SimulatedMessage, bytes: Int)
  }

  private struct Request {
    let number: Int
    let position: Int
    let rows: Int
    /// The exit that is sure; nil where the cloud is asked.
    var exit: Int?
  }

  private struct Session {
    /// What waits behind the request that is being answered.
    var queue: Deque<SimulatedMessage> = []
    var text: ExitTrace.Text
    var uploaded = 0
    var sent = 0
    var progress: ExitProgress
    var request: Request?
  }

  private let scenario: Scenario
  private let middle: Scenario.Middle
  private let policy: ExitPolicy
  private var sessions: [Session]
  private var waiting: Deque<Int> = []
  private var running: Int?
  /// Seconds of messages that no request has waited for yet.
  private var messages = 0.0
  /// Seconds of the tier's time that requests and messages took.
  private(set) var busy = 0.0

  init(_ scenario: Scenario, _ middle: Scenario.Middle) {
    self.scenario = scenario
    self.middle = middle
    let choice = scenario.choice
    let range = choice.exits..<choice.exits + choice.middleExits
    policy = ExitPolicy(
      switchingOffNil: Array(choice.thresholds[range]), mode: .collaborative)
    sessions = (0..<scenario.clients).map { _ in
      Session(
        text: scenario.texts[0], progress: ExitProgress(scenario, range, costs: middle.costs))
    }
  }

  /// Takes a message of a client, whose text is given.
  ///
  /// - Returns: what goes on to the cloud at once.
  mutating func receive(
    _ message: SimulatedMessage, from client: Int, text: ExitTrace.Text
  ) -> [Effect] {
    if case .begin = message { sessions[client].text = text } else { note() }
    sessions[client].queue.append(message)
    return drain(client)
  }

  private mutating func note() {
    messages += scenario.messageSeconds
    busy += scenario.messageSeconds
  }

  /// Takes messages in their order up to the next request.
  private mutating func drain(_ client: Int) -> [Effect] {
    var effects: [Effect] = []
    while sessions[client].request == nil, let message = sessions[client].queue.popFirst() {
      switch message {
      case .begin:
        (sessions[client].uploaded, sessions[client].sent) = (0, 0)
        sessions[client].progress.reset()
        effects.append(.behind(client: client, .begin, bytes: 0))
      case .states(let count): sessions[client].uploaded += count
      case .rewind(let position):
        sessions[client].uploaded = position
        sessions[client].progress.rollBack(to: position)
        guard sessions[client].sent > position else { continue }
        sessions[client].sent = position
        effects.append(
          .behind(client: client, .rewind(position), bytes: middle.sizes.rewind))
      case .ask(let number, let position, let states, let rows):
        sessions[client].uploaded += states
        sessions[client].request = Request(number: number, position: position, rows: rows)
        waiting.append(client)
      case .generate: preconditionFailure("the whole model's text is not a middle tier's")
      }
    }
    return effects
  }

  /// Begins the next request if none runs.
  ///
  /// - Returns: the seconds that it takes; nil where none begins.
  mutating func begin() -> Double? {
    guard running == nil, let client = waiting.popFirst() else { return nil }
    running = client
    let seconds = run(client)
    busy += seconds
    defer { messages = 0 }
    return seconds + messages
  }

  /// Runs the states that wait, and asks the exits.
  private mutating func run(_ client: Int) -> Double {
    let choice = scenario.choice
    let session = sessions[client]
    guard let request = session.request else { preconditionFailure("it has a request") }
    let columns = session.uploaded - session.progress.positions
    sessions[client].progress.positions = session.uploaded
    var seconds =
      columns == 0
      ? 0
      : middle.costs.blocks(
        scenario.exits[0].depth..<scenario.exits[choice.exits].depth, columns: columns,
        context: session.uploaded)
    let index = request.position - session.text.promptLength
    // An ask with drafts is for the whole model; behind the text's last token nothing was recorded.
    guard request.rows == 1, session.text.truth.indices.contains(index) else { return seconds }
    let sure = policy.firstSure { exit in
      seconds += sessions[client].progress.run(choice.exits + exit)
      return session.text.confidence[choice.exits + exit][index]
    }
    sessions[client].request?.exit = sure.map { choice.exits + $0 }
    return seconds
  }

  /// Ends the request that runs: it is answered, or goes on to the cloud with the states that have not gone there.
  mutating func end() -> [Effect] {
    guard let client = running, let request = sessions[client].request else {
      preconditionFailure("a request runs")
    }
    running = nil
    if request.exit != nil { return answer(client, request) }
    let states = sessions[client].uploaded - sessions[client].sent
    sessions[client].sent = sessions[client].uploaded
    note()
    let ask = SimulatedMessage.ask(
      number: request.number, position: request.position, states: states, rows: request.rows)
    return [
      .behind(
        client: client, ask,
        bytes: middle.sizes.ask(drafts: request.rows - 1, states: states))
    ]
  }

  /// The cloud has answered the request of a client.
  mutating func takeAnswer(of client: Int) -> [Effect] {
    guard let request = sessions[client].request else {
      preconditionFailure("only a session that waits is answered")
    }
    note()
    return answer(client, request)
  }

  private mutating func answer(_ client: Int, _ request: Request) -> [Effect] {
    sessions[client].request = nil
    note()
    let answer = SimulatedAnswer(number: request.number, exit: request.exit)
    return [.answer(client: client, answer)] + drain(client)
  }
}
