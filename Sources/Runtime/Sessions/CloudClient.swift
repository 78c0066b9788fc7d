import CleaveModel

/// The edge's side of one session with the cloud.
public actor CloudClient {
  private let link: any CloudLink
  private let session: UInt64
  nonisolated let numerics: Numerics
  private let hiddenSize: Int
  private let vocabularySize: Int
  /// Bytes of frames sent, states and all.
  public private(set) var bytesUp = 0
  /// Bytes of frames received.
  public private(set) var bytesDown = 0
  /// Answers asked for.
  public private(set) var requests = 0

  /// Opens a session and waits until the cloud accepts it.
  ///
  /// - Throws: `CloudRefusal` when the cloud has another model or split, or computes otherwise.
  public init(
    _ link: any CloudLink, edge: Manifest, numerics: Numerics = .standard, session: UInt64
  ) async throws {
    self.link = link
    self.session = session
    self.numerics = numerics
    hiddenSize = edge.configuration.hiddenSize
    vocabularySize = edge.configuration.vocabularySize
    let open = Message.Open(
      version: Message.version, modelID: edge.modelID.hexadecimalBytes,
      firstExit: UInt32(edge.exits[0].depth), hiddenSize: UInt32(hiddenSize), numerics: numerics)
    send(.open(open))
    guard case .opened = try await receive() else { throw unexpected("opened") }
  }

  /// Hands states over without waiting.
  ///
  /// - Parameter states: `[count, hidden]` at the first exit.
  func upload(_ states: [Float], firstPosition: Int) {
    send(
      .states(
        Message.States(
          firstPosition: UInt32(firstPosition), values: states,
          count: UInt32(states.count / hiddenSize))))
  }

  /// The whole model's token at `position`, which follows everything uploaded.
  package func ask(position: Int, sampling: Sampling) async throws -> Answer {
    requests += 1
    send(.ask(Message.Ask(position: UInt32(position), sampling: sampling)))
    guard case .answer(let answer) = try await receive(), Int(answer.position) == position else {
      throw unexpected("the answer for position \(position)")
    }
    guard answer.token < vocabularySize, (0...1).contains(answer.maxProbability) else {
      throw FrameError(
        description: "the cloud sent token \(answer.token) with probability "
          + "\(answer.maxProbability); expected a token below \(vocabularySize)")
    }
    return Answer(
      token: Int(answer.token), source: .cloud, confidence: answer.maxProbability)
  }

  public func close() {
    send(.close)
    link.close()
  }

  private func send(_ message: Message) {
    let frame = Envelope(session: session, message: message).frame
    bytesUp += frame.count
    link.send(frame)
  }

  private func receive() async throws -> Message {
    let frame = try await link.receive()
    bytesDown += frame.count
    let envelope = try Envelope(frame: frame, hiddenSize: hiddenSize)
    if case .refusal(let refusal) = envelope.message { throw CloudRefusal(refusal: refusal) }
    guard envelope.session == session else { throw unexpected("session \(session)") }
    return envelope.message
  }

  private func unexpected(_ wanted: String) -> FrameError {
    FrameError(description: "the cloud sent something else than \(wanted)")
  }
}

/// The cloud does not accept what the edge sent.
public struct CloudRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  public let refusal: Message.Refusal
  public var description: String { "the cloud refuses: \(refusal.text)" }
}

extension String {
  /// Two digits a byte; the manifest has checked that they are hexadecimal.
  var hexadecimalBytes: [UInt8] {
    let digits = utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
