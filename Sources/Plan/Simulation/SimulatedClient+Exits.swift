import CleaveExits

/// Asking exits, and going on from what they say.
extension SimulatedClient {
  /// Decides, drafts or asks for one more token.
  mutating func goOn(at time: Double) -> Step {
    let position = fed + ahead.count
    if let last = ahead.last {
      guard requests.isEmpty || mayGoAhead, last.isKnown, position != unsureAt else {
        return .waiting
      }
      guard token(at: position) != nil else { return verifyLast(at: time) }
      if positions < position { return runToken(at: time) }
    }
    guard let index = token(at: position) else { return .waiting }
    let (exit, isSure, seconds) = askExits(index)
    decide(index, exit, isSure, at: time + seconds)
    return compute(seconds, from: time)
  }

  /// Asks about drafts behind which the text has no more tokens.
  private mutating func verifyLast(at time: Double) -> Step {
    guard requests.isEmpty else { return .waiting }
    ask(.unknown, at: time)
    return .waiting
  }

  /// The index in the answer of the token at a position; nil behind its last.
  func token(at position: Int) -> Int? {
    let index = position - text.promptLength
    return text.truth.indices.contains(index) ? index : nil
  }

  private var mayGoAhead: Bool {
    ahead.count <= scenario.choice.lookAhead
      && ahead.reduce(1) { $0 * ($1.isFinal ? 1 : $1.chance) } >= 0.5
  }

  private var drafts: Bool { scenario.choice.lookAhead > 0 }
  private var isLossless: Bool { scenario.choice.longestDraft > 0 }
  /// Whether the answer that is waited for changes what exits say behind it.
  private var decidesAgain: Bool { scenario.feedbackExit != nil && !isLossless }

  /// Asks the exits in rising depth until one is sure.
  private mutating func askExits(_ index: Int) -> (exit: Int?, isSure: Bool, seconds: Double) {
    var (asked, seconds): (Int?, Double) = (nil, 0)
    let policy = policy
    let sure = policy.firstSure { exit in
      seconds += progress.run(exit)
      asked = exit
      return text.confidence[exit][index]
    }
    let deepest = policy.thresholds.count - 1
    if sure == nil, drafts, deepest >= 0, asked != deepest {
      seconds += progress.run(deepest)
      asked = deepest
    }
    return (sure ?? asked, sure != nil, seconds)
  }

  private mutating func decide(_ index: Int, _ exit: Int?, _ isSure: Bool, at time: Double) {
    var token = SimulatedToken.unknown
    if let exit {
      token = SimulatedToken(
        source: .exit(exit), isRight: text.isRight(exit: exit, token: index), isFinal: false,
        confidence: text.confidence[exit][index])
      token.chance = chances.chance(confidence: token.confidence)
    }
    if isSure, !isLossless {
      token.isFinal = true
      ahead.append(token)
    } else if isSure, draftCount < scenario.choice.longestDraft {
      draftCount += 1
      ahead.append(token)
    } else if decidesAgain, !requests.isEmpty {
      unsureAt = fed + ahead.count
    } else {
      ask(token, at: time)
    }
  }

  private mutating func ask(_ draft: SimulatedToken, at time: Double) {
    let position = fed + ahead.count
    let held = positions - sent
    send(
      .ask(number: nextNumber, position: position, states: held, rows: draftCount + 1),
      bytes: scenario.sizes.ask(drafts: draftCount, states: held),
      at: time + scenario.messageSeconds)
    sent = positions
    requests.append(Request(number: nextNumber, position: position, drafts: draftCount))
    nextNumber += 1
    draftCount = 0
    var token = draft
    if !drafts { token.isKnown = false }
    ahead.append(token)
  }
}
