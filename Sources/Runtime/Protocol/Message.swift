/// What edge and cloud say to each other. specs/protocol.md is the specification.
public enum Message: Equatable, Sendable {
  /// Edge: begins a session; says which model and split the edge has.
  case open(Open)
  /// Cloud: the session is open.
  case opened
  /// Edge: hidden states at the first exit, of consecutive positions.
  case states(States)
  /// Edge: which token stands at this position, after all the positions uploaded?
  case ask(Ask)
  /// Cloud: the token the whole model would say there.
  case answer(CloudAnswer)
  /// Edge: the session's states and KV cache may go.
  case close
  /// Cloud: the message before it is not accepted; the session is as it was.
  case refusal(Refusal)

  public struct Open: Equatable, Sendable {
    public var version: UInt16
    /// SHA-256 of the whole model, 32 bytes.
    public var modelID: [UInt8]
    /// Blocks the edge runs before it uploads.
    public var firstExit: UInt32
    public var hiddenSize: UInt32
    /// How the edge computes: a cloud that computes otherwise would break the invariant.
    public var numerics: Numerics

    public init(
      version: UInt16, modelID: [UInt8], firstExit: UInt32, hiddenSize: UInt32,
      numerics: Numerics = .standard
    ) {
      self.version = version
      self.modelID = modelID
      self.firstExit = firstExit
      self.hiddenSize = hiddenSize
      self.numerics = numerics
    }
  }

  public struct States: Equatable, Sendable {
    public var firstPosition: UInt32
    /// `[count, hidden]` float32.
    public var values: [Float]
    public var count: UInt32

    public init(firstPosition: UInt32, values: [Float], count: UInt32) {
      self.firstPosition = firstPosition
      self.values = values
      self.count = count
    }
  }

  public struct Ask: Equatable, Sendable {
    public var position: UInt32
    public var sampling: Sampling

    public init(position: UInt32, sampling: Sampling) {
      self.position = position
      self.sampling = sampling
    }
  }

  public struct CloudAnswer: Equatable, Sendable {
    public var position: UInt32
    public var token: UInt32
    /// Largest probability of softmax(logits).
    public var maxProbability: Float

    public init(position: UInt32, token: UInt32, maxProbability: Float) {
      self.position = position
      self.token = token
      self.maxProbability = maxProbability
    }
  }

  public struct Refusal: Equatable, Sendable {
    public enum Code: UInt16, Sendable {
      case malformed = 1
      case protocolVersion = 2
      case differentModel = 3
      case differentSplit = 4
      case unknownSession = 5
      case sessionExists = 6
      case positionMismatch = 7
      case contextLimit = 8
      case tooManySessions = 9
      case differentNumerics = 10
      case noAnswer = 11
    }

    public var code: Code
    public var text: String

    public init(code: Code, text: String) {
      self.code = code
      self.text = text
    }
  }

  public static let version: UInt16 = 2
  /// Positions of one `states` message: bounds the frame before it is read.
  public static let mostPositions = 1024
}

/// A message and the session it belongs to.
public struct Envelope: Equatable, Sendable {
  public var session: UInt64
  public var message: Message

  public init(session: UInt64, message: Message) {
    self.session = session
    self.message = message
  }
}
