import CleaveExits
import CleaveModel
import CleaveRuntime
import DequeModule

/// A device that generates one text after another as `EdgeSession` does, its tokens taken from a trace: the same
/// decisions in the same order, with the seconds that they take in place of the computing.
struct SimulatedClient {
  /// What a client does next.
  enum Step: Equatable {
    /// It computes until then.
    case busy(until: Double)
    /// It waits for an answer.
    case waiting
    case finished
  }

  /// A message that arrives at the cloud.
  struct Sent {
    let message: SimulatedMessage
    let arrival: Double
  }

  struct Request {
    let number: Int
    let position: Int
    let drafts: Int
  }

  let scenario: Scenario
  let policy: ExitPolicy
  var uplink: LinkDirection
  var downlink: LinkDirection
  /// Messages that have left and were not taken yet.
  var outbox: [Sent] = []
  var outcome = TextOutcome(start: 0)

  var text: ExitTrace.Text
  /// Tokens that are settled and fed, the prompt's among them.
  var fed = 0
  /// Positions that have gone up.
  var sent = 0
  var progress: ExitProgress
  /// Positions whose states have come back and taken effect.
  var effectRows = 0
  var ahead: Deque<SimulatedToken> = []
  var requests: Deque<Request> = []
  var draftCount = 0
  var nextNumber = 0
  /// Answers as they have come.
  var inbox: Deque<SimulatedAnswer> = []
  var chances = DraftChances()
  /// The position that no exit is sure at, where the answer that is waited for changes what they say.
  var unsureAt: Int?

  init(_ scenario: Scenario) {
    self.scenario = scenario
    let choice = scenario.choice
    policy = ExitPolicy(
      switchingOffNil: Array(choice.thresholds.prefix(choice.exits)),
      mode: choice.mode.hasCloud ? .collaborative : .standalone)
    (uplink, downlink) = LinkDirection.both(scenario.link)
    progress = ExitProgress(scenario, 0..<choice.exits, costs: scenario.edge)
    text = scenario.texts[0]
  }

  /// Begins a text.
  mutating func begin(_ text: ExitTrace.Text, at time: Double) {
    self.text = text
    outcome = TextOutcome(start: time, bytesUp: -uplink.bytes, bytesDown: -downlink.bytes)
    (fed, sent, effectRows, draftCount) = (0, 0, 0, 0)
    progress.reset()
    ahead.removeAll()
    requests.removeAll()
    inbox.removeAll()
    nextNumber = 0
    unsureAt = nil
    chances = DraftChances()
    if scenario.choice.mode.hasCloud { send(.begin, bytes: 0, at: time) }
  }

  /// Positions that have been through the first blocks.
  var positions: Int {
    get { progress.positions }
    set { progress.positions = newValue }
  }

  mutating func send(_ message: SimulatedMessage, bytes: Int, at time: Double) {
    outbox.append(Sent(message: message, arrival: uplink.send(bytes, at: time)))
  }

  /// The client computes for so long.
  mutating func compute(_ seconds: Double, from time: Double) -> Step {
    outcome.deviceSeconds += seconds
    return .busy(until: time + seconds)
  }

  /// Does what comes next at this time, which takes effect when the step ends.
  mutating func act(at time: Double) -> Step {
    if scenario.choice.mode == .cloudOnly { return actInCloud(at: time) }
    if positions == 0 { return runPrompt(at: time) }
    while true {
      if let first = ahead.first, first.isFinal {
        if settle(first, at: time) { return .finished }
        if positions < fed { return runToken(at: time) }
        continue
      }
      if let request = requests.first, let answer = inbox.first, answer.number == request.number {
        inbox.removeFirst()
        takeAnswer(answer, at: time)
        continue
      }
      return goOn(at: time)
    }
  }

  // MARK: - Running

  private mutating func runPrompt(at time: Double) -> Step {
    fed = text.promptLength
    let seconds = scenario.edge.blocks(
      0..<(scenario.exits.first?.depth ?? 0), columns: fed, context: fed / 2)
    positions = fed
    let step = compute(seconds, from: time)
    upload(at: time + seconds)
    return step
  }

  /// Runs the first blocks for the newest token.
  mutating func runToken(at time: Double) -> Step {
    let seconds = scenario.edge.blocks(
      0..<(scenario.exits.first?.depth ?? 0), columns: 1, context: positions)
    positions += 1
    let step = compute(seconds, from: time)
    upload(at: time + seconds)
    return step
  }

  /// Sends the states that do not wait for a request.
  private mutating func upload(at time: Double) {
    guard scenario.choice.mode.hasCloud, positions - sent > scenario.sizes.mostHeld else { return }
    send(.states(positions - sent), bytes: scenario.sizes.states(positions - sent), at: time)
    _ = downlink.send(scenario.sizes.acknowledgement, at: time)
    sent = positions
  }

  // MARK: - The caller

  /// Hands a token to the caller, who feeds it.
  ///
  /// - Returns: whether it was the text's last.
  private mutating func settle(_ token: SimulatedToken, at time: Double) -> Bool {
    ahead.removeFirst()
    outcome.firstToken = outcome.firstToken ?? time
    outcome.tokens += 1
    outcome.wrong += token.isRight ? 0 : 1
    outcome.fromCloud += token.source == .cloud ? 1 : 0
    guard outcome.tokens < text.truth.count else {
      finish(at: time)
      return true
    }
    fed += 1
    return false
  }

  private mutating func finish(at time: Double) {
    outcome.end = time
    outcome.bytesUp += uplink.bytes
    outcome.bytesDown += downlink.bytes
  }

  // MARK: - The whole model in the cloud

  private mutating func actInCloud(at time: Double) -> Step {
    if positions == 0 {
      positions = text.promptLength
      send(
        .generate(prompt: positions, tokens: text.truth.count),
        bytes: positions * scenario.sizes.upPosition, at: time)
    }
    while inbox.popFirst() != nil {
      let token = SimulatedToken(source: .cloud, isRight: true, isFinal: true)
      ahead.append(token)
      if settle(token, at: time) { return .finished }
    }
    return .waiting
  }
}
