import CleaveRuntime
import DequeModule

/// A cloud that answers the requests of all clients in one pass after another, as `cleave serve` does: the planner of
/// passes is the same.
struct SimulatedServer {
  /// An answer that leaves the server.
  struct Reply {
    let client: Int
    /// The request that it answers; for a text generated in the cloud the index of the token.
    let number: Int
    /// Positions whose states come back with it, where states do.
    let returned: Int
  }

  private struct Request {
    let number: Int
    let rows: Int
    /// Tokens that are still generated after this one.
    var following = 0
  }

  private struct Session {
    /// What waits behind the request that is being answered.
    var queue: Deque<SimulatedMessage> = []
    var uploaded = 0
    /// Positions that have been through the blocks.
    var run = 0
    var returned = 0
    var request: Request?

    var pending: Int { uploaded - run }
  }

  private let scenario: Scenario
  private var sessions: [Session]
  private var planner: PassPlanner
  private var pass: [PassPlanner.Piece] = []
  /// Seconds of messages that no pass has waited for yet.
  private var messages = 0.0
  /// Seconds of the server's time that passes and messages took.
  private(set) var busy = 0.0

  init(_ scenario: Scenario) {
    self.scenario = scenario
    sessions = Array(repeating: Session(), count: scenario.clients)
    planner = PassPlanner(largestPass: WholeModelBatch.largestBatch)
  }

  mutating func receive(_ message: SimulatedMessage, from client: Int) {
    if scenario.choice.mode != .cloudOnly { note(message) }
    sessions[client].queue.append(message)
    drain(client)
  }

  private mutating func note(_ message: SimulatedMessage) {
    if case .begin = message { return }
    messages += scenario.messageSeconds
    busy += scenario.messageSeconds
  }

  /// Takes messages in their order up to the next request.
  private mutating func drain(_ client: Int) {
    while sessions[client].request == nil, let message = sessions[client].queue.popFirst() {
      switch message {
      case .begin:
        let queue = sessions[client].queue
        sessions[client] = Session()
        sessions[client].queue = queue
      case .states(let count): sessions[client].uploaded += count
      case .rewind(let positions):
        sessions[client].uploaded = positions
        sessions[client].run = min(sessions[client].run, positions)
        sessions[client].returned = min(sessions[client].returned, positions)
      case .ask(let number, _, let states, let rows):
        sessions[client].uploaded += states
        begin(Request(number: number, rows: rows), client)
      case .generate(let prompt, let tokens):
        sessions[client].uploaded += prompt
        begin(Request(number: 0, rows: 1, following: tokens - 1), client)
      }
    }
  }

  private mutating func begin(_ request: Request, _ client: Int) {
    sessions[client].request = request
    planner.append(UInt64(client))
  }

  /// Begins a pass if none runs and somebody waits.
  ///
  /// - Returns: the seconds that it takes; nil where none begins.
  mutating func beginPass() -> Double? {
    guard pass.isEmpty, !planner.isEmpty else { return nil }
    pass = planner.plan { [sessions] in sessions[Int($0)].pending }
    var (columns, context, rows) = (0, 0, 0)
    for piece in pass {
      let session = sessions[Int(piece.session)]
      columns += piece.count
      context += piece.count * (session.run + piece.count / 2)
      if piece.count == session.pending { rows += session.request?.rows ?? 0 }
    }
    let seconds =
      (columns == 0
        ? 0
        : scenario.cloud.blocks(
          scenario.cloudStart..<scenario.blockCount, columns: columns, context: context / columns))
      + (rows == 0 ? 0 : scenario.cloud.head(rows: rows))
    busy += seconds
    defer { messages = 0 }
    return seconds + messages
  }

  /// Ends the pass that runs.
  mutating func endPass() -> [Reply] {
    defer { pass = [] }
    return pass.compactMap { piece in
      let client = Int(piece.session)
      sessions[client].run += piece.count
      guard sessions[client].pending <= 0, let request = sessions[client].request else {
        return nil
      }
      return answer(request, client)
    }
  }

  private mutating func answer(_ request: Request, _ client: Int) -> Reply {
    let returned =
      scenario.feedbackExit == nil ? 0 : sessions[client].run - sessions[client].returned
    sessions[client].returned = sessions[client].run
    if request.following > 0 {
      sessions[client].uploaded += 1
      begin(
        Request(number: request.number + 1, rows: 1, following: request.following - 1), client)
    } else {
      sessions[client].request = nil
      if scenario.choice.mode != .cloudOnly { note(.states(0)) }
      drain(client)
    }
    return Reply(client: client, number: request.number, returned: returned)
  }
}
