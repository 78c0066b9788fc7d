import CleaveStorage

/// The edge's side of a session in which nothing but time matters.
struct MeasuringSession {
  let cloud: CloudDescription
  private let link: any CloudLink
  private let deadline: Duration?
  private let window: Int
  /// Positions whose states are there.
  private var positions = 0
  private var random = SplitMix64(seed: 1)

  /// Positions of one message of a long upload.
  private static let piece = 256

  /// - Throws: `CloudRefusal`, `MessageError`, and what ends the link.
  init(
    opening link: any CloudLink, _ cloud: CloudDescription, deadline: Duration?
  ) async throws {
    self.link = link
    self.cloud = cloud
    self.deadline = deadline
    link.send(.open(cloud.opening))
    let reply = try await Self.reply(on: link, within: deadline)
    guard case .opened(let opened) = reply, opened.window > 0 else {
      throw MessageError("the cloud sent \(reply.name); expected `opened` with a window above 0")
    }
    window = Int(opened.window)
  }

  /// The most positions that may be uploaded at once: one stays, since a rewind leaves one.
  var mostPositions: Int { cloud.contextLength - 1 }

  func close() { link.send(.close) }

  // MARK: - What is timed

  /// Uploads random states of the positions that follow, after a rewind where there is no room for them.
  ///
  /// - Returns: the seconds from the first message to the last acknowledgement.
  mutating func upload(_ count: Int, isLarge: Bool = false) async throws -> Double {
    if positions + count > cloud.contextLength { rewind() }
    var messages = messages(count, isLarge ? cloud.largest : cloud.smallest)[...]
    let start = ContinuousClock.now
    var waiting: [Message.States] = []
    while !messages.isEmpty || !waiting.isEmpty {
      let unacknowledged = waiting.reduce(0) { $0 + Int($1.count) }
      if let next = messages.first, unacknowledged + Int(next.count) <= window {
        link.send(.states(next))
        waiting.append(messages.removeFirst())
      } else {
        try await acknowledge(waiting.removeFirst())
      }
    }
    return start.duration(to: .now) / .seconds(1)
  }

  /// Asks for the token at the position that follows.
  ///
  /// - Parameter drafts: tokens of the positions before, for which the head runs too.
  /// - Returns: the seconds to the answer.
  mutating func ask(drafts: Int) async throws -> Double {
    let drafts = [UInt32](repeating: 0, count: drafts)
    let start = ContinuousClock.now
    link.send(.ask(.init(position: UInt32(positions), sampling: .greedy, drafts: drafts)))
    let reply = try await Self.reply(on: link, within: deadline)
    let seconds = start.duration(to: .now) / .seconds(1)
    guard case .answer(let answer) = reply, answer.position <= positions else {
      throw unexpected(reply, expected: "an answer")
    }
    return seconds
  }

  // MARK: - Messages

  /// One position stays: a session cannot go back to none.
  private mutating func rewind() {
    link.send(.rewind(positions: 1))
    positions = 1
  }

  private mutating func messages(_ count: Int, _ codec: StatesCodec) -> [Message.States] {
    let most = min(Self.piece, window, Message.mostPositions)
    return stride(from: 0, to: count, by: most).map { first in
      codec.message(
        bytes(min(most, count - first), codec), first: positions + first, compressed: false)
    }
  }

  private mutating func bytes(_ count: Int, _ codec: StatesCodec) -> [UInt8] {
    // Every vocabulary has so many tokens.
    if codec.format == .tokens {
      return StatesCodec.encode((0..<count).map { _ in random.below(16) })
    }
    return codec.encode(
      (0..<count * cloud.hiddenSize).map { _ in Float(random.below(2001) - 1000) / 1000 })
  }

  private mutating func acknowledge(_ states: Message.States) async throws {
    let reply = try await Self.reply(on: link, within: deadline)
    let expected = positions + Int(states.count)
    guard case .acknowledged(let found) = reply, Int(found) == expected else {
      throw unexpected(reply, expected: "an acknowledgement of \(expected) positions")
    }
    positions = expected
  }

  private func unexpected(_ reply: Message, expected: String) -> MessageError {
    if case .lacking = reply {
      return MessageError(
        "the cloud is short of memory and has evicted the session that measures it; expected a cloud"
          + " that nobody else uses", code: .unavailable)
    }
    return MessageError("the cloud sent \(reply.name); expected \(expected)")
  }

  private static func reply(
    on link: any CloudLink, within deadline: Duration?
  ) async throws -> Message {
    let reply = try await link.receive(within: deadline)
    if case .refusal(let refusal) = reply { throw CloudRefusal(refusal: refusal) }
    return reply
  }
}
