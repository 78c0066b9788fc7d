import CleaveStorage

/// What edge and cloud say to each other in one session. specs/protocol.md is the specification;
/// specs/cloud.proto is how a network carries it.
package enum Message: Equatable, Sendable {
  /// Edge: begins a session; says which model and split the edge has.
  case open(Open)
  /// Cloud: the session is open.
  case opened(Opened)
  /// Edge: hidden states at the first exit, of consecutive positions.
  case states(States)
  /// Cloud: so many positions have been taken, from the first on.
  case acknowledged(positions: UInt32)
  /// Edge: which token stands at this position, after all the positions uploaded?
  case ask(Ask)
  /// Cloud: the token the whole model would say there.
  case answer(CloudAnswer)
  /// Cloud: it has only so many positions; the edge sends the rest again, and what it asked.
  case lacking(positions: UInt32)
  /// Edge: positions from this one on were a guess that was wrong.
  case rewind(positions: UInt32)
  /// Edge: the session's states and KV cache may go.
  case close
  /// Cloud: the message is not accepted, and the session is over.
  case refusal(Refusal)

  package struct Open: Equatable, Sendable {
    package var version: UInt32
    /// SHA-256 of the whole model, 32 bytes.
    package var modelID: [UInt8]
    /// Blocks the edge runs before it uploads.
    package var firstExit: UInt32
    package var hiddenSize: UInt32
    /// How the edge computes: a cloud that computes otherwise would break the invariant.
    package var numerics: Numerics
    /// How the edge would pack states.
    package var encodings: [StatesEncoding]

    package init(
      version: UInt32 = Message.version, modelID: [UInt8], firstExit: UInt32, hiddenSize: UInt32,
      numerics: Numerics = .standard, encodings: [StatesEncoding] = [.float32]
    ) {
      self.version = version
      self.modelID = modelID
      self.firstExit = firstExit
      self.hiddenSize = hiddenSize
      self.numerics = numerics
      self.encodings = encodings
    }
  }

  package struct Opened: Equatable, Sendable {
    /// Those of the edge's encodings that the cloud takes.
    package var encodings: [StatesEncoding]
    /// The most positions that the edge may send beyond those acknowledged.
    package var window: UInt32

    package init(encodings: [StatesEncoding], window: UInt32) {
      self.encodings = encodings
      self.window = window
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
    /// What the edge guessed for the positions before, whose states are uploaded: the answer is for the first
    /// that the whole model would not have said, or for `position`.
    package var drafts: [UInt32]

    package init(position: UInt32, sampling: Sampling, drafts: [UInt32] = []) {
      self.position = position
      self.sampling = sampling
      self.drafts = drafts
    }
  }

  package struct CloudAnswer: Equatable, Sendable {
    package var position: UInt32
    package var token: UInt32
    /// Largest probability of softmax(logits), and by how much it is above the second.
    package var maxProbability: Float
    package var margin: Float

    package init(position: UInt32, token: UInt32, maxProbability: Float, margin: Float) {
      self.position = position
      self.token = token
      self.maxProbability = maxProbability
      self.margin = margin
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

  package static let version: UInt32 = 3
  /// Positions of one `states` message: bounds it before it is read.
  package static let mostPositions = 1024
  /// Drafts of one `ask`.
  package static let mostDrafts = 64
}

/// A message that does not follow the protocol: what is wrong with it.
package struct MessageError: ExitStatusError, Equatable, Sendable {
  package let description: String
  /// What a cloud refuses it with.
  package var code: Message.Refusal.Code

  package init(_ description: String, code: Message.Refusal.Code = .malformed) {
    self.description = description
    self.code = code
  }

  package var exitStatus: ExitStatus { .cloudFailed }
}
