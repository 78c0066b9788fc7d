import CleaveStorage

/// A message between edge and cloud in one session. specs/protocol.md is the specification; specs/cloud.proto is how
/// a network carries it.
package enum Message: Equatable, Sendable {
  /// The edge begins a session, and says which model and split it has.
  case open(Open)
  /// The cloud has opened the session.
  case opened(Opened)
  /// The edge uploads hidden states at the first exit, of consecutive positions.
  case states(States)
  /// The cloud has taken so many positions, from the first on.
  case acknowledged(positions: UInt32)
  /// The edge asks for the token at a position, after all the positions uploaded (a cloud request), and may
  /// upload the last of them with it.
  case ask(Ask)
  /// The cloud answers with the whole model's token there.
  case answer(CloudAnswer)
  /// The cloud sends hidden states back that are too many for the answer, which follows.
  case returned(Returned)
  /// The cloud has only so many positions; the edge resends the others, and its requests.
  case lacking(positions: UInt32)
  /// The edge rolls back: the positions from this one on stood on a wrong draft.
  case rewind(positions: UInt32)
  /// The edge ends the session; its states and KV cache may be freed.
  case close
  /// The cloud does not accept a message; the session is over.
  case refusal(Refusal)

  package struct Open: Equatable, Sendable {
    package var version: UInt32
    /// SHA-256 of the whole model, 32 bytes.
    package var modelID: [UInt8]
    /// Blocks the edge runs before it uploads.
    package var firstExit: UInt32
    package var hiddenSize: UInt32
    /// The numeric formats that the edge computes with. A cloud with others would not answer as the whole model does.
    package var numerics: Numerics
    /// The encodings that the edge would use for states.
    package var encodings: [StatesEncoding]
    /// The hidden states that the edge wants back; nil for none.
    package var feedback: Feedback?
    /// Whether the edge would send states in its asks.
    package var statesInAsks: Bool
    /// Whether an exit of a tier between the edge and the cloud may answer; else every answer is the whole model's.
    package var exitsMayAnswer: Bool

    /// - Parameter version: nil for the oldest that says everything: a cloud of an older version takes an edge
    ///   that wants nothing back.
    package init(
      version: UInt32? = nil, modelID: [UInt8], firstExit: UInt32, hiddenSize: UInt32,
      numerics: Numerics = .standard, encodings: [StatesEncoding] = [.float32],
      feedback: Feedback? = nil, statesInAsks: Bool = false, exitsMayAnswer: Bool = false
    ) {
      self.version = version ?? (feedback == nil ? Message.versions.lowerBound : Message.version)
      self.modelID = modelID
      self.firstExit = firstExit
      self.hiddenSize = hiddenSize
      self.numerics = numerics
      self.encodings = encodings
      self.feedback = feedback
      self.statesInAsks = statesInAsks
      self.exitsMayAnswer = exitsMayAnswer
    }
  }

  /// The hidden states that come back with the answers of a session.
  package struct Feedback: Equatable, Sendable {
    /// The model's blocks after which the states are taken.
    package var depth: UInt32
    /// Their packing, without zstd; int4 is none of them.
    package var format: StatesEncoding.Format

    package init(depth: UInt32, format: StatesEncoding.Format) {
      self.depth = depth
      self.format = format
    }
  }

  package struct Opened: Equatable, Sendable {
    /// The edge's encodings that the cloud takes.
    package var encodings: [StatesEncoding]
    /// The most positions that the edge may send beyond those acknowledged.
    package var window: UInt32
    /// The hidden states that the cloud will send back: those that the edge wants, or none.
    package var feedback: Feedback?
    /// Whether the cloud takes states in asks, which the edge would send.
    package var statesInAsks: Bool

    package init(
      encodings: [StatesEncoding], window: UInt32, feedback: Feedback? = nil,
      statesInAsks: Bool = false
    ) {
      self.encodings = encodings
      self.window = window
      self.feedback = feedback
      self.statesInAsks = statesInAsks
    }
  }

  package struct States: Equatable, Sendable {
    package var firstPosition: UInt32
    package var count: UInt32
    package var encoding: StatesEncoding
    /// `[count, hidden]`, as the encoding packs them.
    package var data: [UInt8]

    package init(firstPosition: UInt32, count: UInt32, encoding: StatesEncoding, data: [UInt8]) {
      self.firstPosition = firstPosition
      self.count = count
      self.encoding = encoding
      self.data = data
    }
  }

  package struct Ask: Equatable, Sendable {
    package var position: UInt32
    package var sampling: Sampling
    /// The edge's tokens for the positions before, whose states are uploaded. The answer is for the first that the
    /// whole model would not have said, or for `position`.
    package var drafts: [UInt32]
    /// The states of the last positions before this one, which are uploaded with it; nil where all were before.
    /// The answer acknowledges them.
    package var states: States?

    package init(
      position: UInt32, sampling: Sampling, drafts: [UInt32] = [], states: States? = nil
    ) {
      self.position = position
      self.sampling = sampling
      self.drafts = drafts
      self.states = states
    }
  }

  package struct CloudAnswer: Equatable, Sendable {
    package var position: UInt32
    package var token: UInt32
    /// The largest probability of softmax(logits); in an exit's answer its confidence by its own signal.
    package var maxProbability: Float
    /// The largest probability less the second; 0 in an exit's answer.
    package var margin: Float
    /// The depth of the exit between edge and cloud that answered; nil for the whole model.
    package var exit: UInt32?
    /// The last of the hidden states that come back with the answer; nil for none.
    package var returned: Returned?

    package init(
      position: UInt32, token: UInt32, maxProbability: Float, margin: Float, exit: UInt32? = nil,
      returned: Returned? = nil
    ) {
      self.position = position
      self.token = token
      self.maxProbability = maxProbability
      self.margin = margin
      self.exit = exit
      self.returned = returned
    }
  }

  /// Hidden states that come back: of consecutive positions, at the depth and in the format that were agreed on.
  package struct Returned: Equatable, Sendable {
    package var firstPosition: UInt32
    package var count: UInt32
    /// `[count, hidden]`, packed.
    package var data: [UInt8]

    package init(firstPosition: UInt32, count: UInt32, data: [UInt8]) {
      self.firstPosition = firstPosition
      self.count = count
      self.data = data
    }
  }

  package struct Refusal: Equatable, Sendable {
    package enum Code: Int, Sendable, CaseIterable {
      case malformed = 1
      case protocolVersion, differentModel, differentSplit, notOpen, openAlready, positionMismatch
      case contextLimit, tooManySessions, differentNumerics, noAnswer, encoding, unavailable

      /// Whether another cloud, or this one later, might take the session.
      package var isTransient: Bool { self == .unavailable || self == .tooManySessions }
    }

    package var code: Code
    package var text: String

    package init(code: Code, text: String) {
      self.code = code
      self.text = text
    }
  }

  /// The hidden states that it uploads, alone or with an ask.
  package var uploadedStates: States? {
    switch self {
    case .states(let states): states
    case .ask(let ask): ask.states
    default: nil
    }
  }

  /// Its name in specs/protocol.md.
  var name: String {
    switch self {
    case .open: "`open`"
    case .opened: "`opened`"
    case .states: "`states`"
    case .acknowledged: "`acknowledged`"
    case .ask: "`ask`"
    case .answer: "`answer`"
    case .returned: "`returned`"
    case .lacking: "`lacking`"
    case .rewind: "`rewind`"
    case .close: "`close`"
    case .refusal: "`refusal`"
    }
  }

  package static let version: UInt32 = 4
  /// The versions that a cloud takes. Version 3 knows no hidden states that come back.
  package static let versions: ClosedRange<UInt32> = 3...version
  /// The most positions of one message of hidden states, either way, which bounds it before it is read.
  package static let mostPositions = 1024
  /// The most drafts of one `ask`.
  package static let mostDrafts = 64
}

/// The error of a message that does not follow the protocol.
package struct MessageError: ExitStatusError, Equatable, Sendable {
  package let description: String
  /// The code that a cloud refuses it with.
  package var code: Message.Refusal.Code

  package init(_ description: String, code: Message.Refusal.Code = .malformed) {
    self.description = description
    self.code = code
  }

  package var exitStatus: ExitStatus { .cloudFailed }
}
