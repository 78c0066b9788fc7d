import DequeModule

/// The tokens that follow what the caller has fed, as far as an edge has decided or drafted them: each stands on
/// those before it.
struct LookAhead {
  private struct Token {
    /// nil where only the cloud can tell.
    var answer: Answer?
    /// Whether the caller gets it, once everything before it is final.
    var isFinal: Bool
    /// The chance that it is what the cloud will say.
    var chance = 1.0
  }

  private struct Request {
    let position: Int
    /// How many of the tokens before are drafts that it asks about.
    let drafts: Int
    let since: ContinuousClock.Instant
  }

  /// What an answer of the cloud did to the drafts.
  struct Settlement {
    let position: Int
    /// Drafts that the whole model agrees with.
    let acceptedDrafts: Int
    /// Whether the answer is for the request's own position, not for one of its drafts.
    let isForRequest: Bool
    /// The drafts that the answer says something of, and whether they were right.
    let drafts: [(answer: Answer, isRight: Bool)]
    /// Whether the tokens from the answer's position on stand.
    let isAccepted: Bool
  }

  /// The position of the first token here: the number of tokens that the caller has fed.
  private(set) var start: Int
  private var tokens: Deque<Token> = []
  /// What the cloud was asked and has not answered, in rising positions.
  private var requests: Deque<Request> = []
  /// How many tokens at the end are drafts that no request covers.
  private(set) var draftCount = 0

  /// - Parameter start: the number of tokens that the caller has fed.
  init(start: Int = 0) { self.start = start }

  var count: Int { tokens.count }
  var isEmpty: Bool { tokens.isEmpty }
  /// The position after the last token.
  var end: Int { start + tokens.count }
  var hasRequest: Bool { !requests.isEmpty }
  /// The last token; nil where only the cloud can tell.
  var lastToken: Int? { tokens.last?.answer?.token }
  /// The drafts that no request covers.
  var drafts: [Int] { tokens.suffix(draftCount).compactMap { $0.answer?.token } }
  /// The chance that everything here stands.
  var chance: Double { tokens.reduce(1) { $0 * ($1.isFinal ? 1 : $1.chance) } }
  /// When the oldest request was made.
  var oldestRequest: ContinuousClock.Instant? { requests.first?.since }

  /// The first answer, when nothing can change it any more.
  var settled: Answer? {
    guard let first = tokens.first, first.isFinal else { return nil }
    return first.answer
  }

  // MARK: - The caller

  /// The caller feeds a token.
  ///
  /// - Returns: whether it is the one that was settled; else nothing has changed.
  mutating func take(_ token: Int) -> Bool {
    guard settled?.token == token else { return false }
    tokens.removeFirst()
    start += 1
    return true
  }

  /// The caller feeds tokens of its own choice; nothing may be here.
  mutating func skip(_ count: Int) {
    precondition(isEmpty)
    start += count
  }

  // MARK: - Going on

  mutating func append(final answer: Answer?) {
    tokens.append(Token(answer: answer, isFinal: true))
  }

  /// - Parameter chance: that the draft is right.
  mutating func append(draft answer: Answer?, chance: Double = 0) {
    tokens.append(Token(answer: answer, isFinal: false, chance: chance))
    draftCount += 1
  }

  /// The cloud was asked for the token at `end`, and about the drafts before it.
  ///
  /// - Parameters:
  ///   - draft: what the edge goes on from; nil where it waits.
  ///   - chance: that the draft is right.
  mutating func append(requestWithDraft draft: Answer?, chance: Double = 0) {
    requests.append(Request(position: end, drafts: draftCount, since: .now))
    draftCount = 0
    tokens.append(Token(answer: draft, isFinal: false, chance: chance))
  }

  // MARK: - Answers

  /// Takes the answer to the oldest request. Tokens that stood on a wrong draft are dropped.
  mutating func settle(_ answer: Message.CloudAnswer) -> Settlement {
    let request = requests.removeFirst()
    let position = Int(answer.position)
    let accepted = position - (request.position - request.drafts)
    var drafts: [(answer: Answer, isRight: Bool)] = []
    for draft in (position - accepted)..<position {
      tokens[draft - start].isFinal = true
      if let answer = tokens[draft - start].answer { drafts.append((answer, true)) }
    }
    let isForRequest = position == request.position
    let draft = tokens[position - start].answer
    if let draft { drafts.append((draft, draft.token == Int(answer.token))) }
    let isAccepted = isForRequest && draft?.token == Int(answer.token)
    let final = Token(answer: Answer(cloud: answer), isFinal: true)
    if isAccepted {
      tokens[position - start] = final
    } else {
      removeAll(from: position)
      tokens.append(final)
    }
    return Settlement(
      position: position, acceptedDrafts: accepted, isForRequest: isForRequest, drafts: drafts,
      isAccepted: isAccepted)
  }

  /// Takes away what was decided after a position, for it to be decided again. Nothing there is a draft.
  mutating func removeDecided(after position: Int) -> [Answer] {
    let decided = tokens.suffix(max(0, end - position - 1))
    precondition(requests.isEmpty && decided.allSatisfy(\.isFinal), "only what was decided")
    tokens.removeLast(decided.count)
    return decided.compactMap(\.answer)
  }

  /// Gives the oldest request up: its draft stands, changed into a fallback answer.
  mutating func settleOldest(_ fallback: (Answer?) -> Answer) {
    let index = requests.removeFirst().position - start
    tokens[index] = Token(answer: fallback(tokens[index].answer), isFinal: true)
  }

  /// Drops the tokens from this position on, and all requests.
  mutating func removeAll(from position: Int) {
    tokens.removeLast(end - position)
    requests.removeAll()
    draftCount = 0
  }
}
