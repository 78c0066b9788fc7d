/// What a calibration saw: `calibration.json` of an artifact. It names the prompts, so that nobody judges
/// the promise by them, and has all that the report draws.
public struct CalibrationEvidence: Equatable, Sendable {
  /// A file of prompts.
  public struct Source: Equatable, Sendable {
    /// File name without its directory.
    public var name: String
    public var field: String
    /// What was asked about each text, with a hole for it.
    public var format: String
    public var sha256: String
    public var prompts: Int

    public init(name: String, field: String, format: String, sha256: String, prompts: Int) {
      self.name = name
      self.field = field
      self.format = format
      self.sha256 = sha256
      self.prompts = prompts
    }
  }

  /// A policy with its thresholds, in the order they were tested in, from safe to bold.
  public struct Candidate: Equatable, Sendable {
    public var thresholds: [Double]
    /// On the tuning prompts, which only order the candidates.
    public var tuning: Outcome?
    /// On the calibration prompts; nil for one that was not reached.
    public var calibration: Outcome?
    /// Of the hypothesis that its risk is above the promise; nil where none was tested.
    public var pValue: Double?
    public var passed: Bool

    public init(
      thresholds: [Double], tuning: Outcome?, calibration: Outcome?, pValue: Double?, passed: Bool
    ) {
      self.thresholds = thresholds
      self.tuning = tuning
      self.calibration = calibration
      self.pValue = pValue
      self.passed = passed
    }
  }

  /// What a policy did: text by text as it wrote them.
  public struct Outcome: Equatable, Sendable {
    /// Mean loss.
    public var risk: Double
    /// Of all tokens, those the cloud gave.
    public var cloudShare: Double
    public var exitShares: [Double]

    public init(risk: Double, cloudShare: Double, exitShares: [Double]) {
      self.risk = risk
      self.cloudShare = cloudShare
      self.exitShares = exitShares
    }
  }

  /// What one signal could do, at every pair of thresholds worth having, by the whole model's own text of
  /// the tuning prompts (no text was written for it): disagreeing tokens against tokens of the cloud.
  public struct Frontier: Equatable, Sendable {
    public struct Point: Equatable, Sendable {
      public var disagreement: Double
      public var cloudShare: Double

      public init(disagreement: Double, cloudShare: Double) {
        self.disagreement = disagreement
        self.cloudShare = cloudShare
      }
    }

    public var signal: ExitRecord.Signal
    public var points: [Point]

    public init(signal: ExitRecord.Signal, points: [Point]) {
      self.signal = signal
      self.points = points
    }
  }

  /// One exit on every token of the calibration prompts' texts by the whole model.
  public struct Exit: Equatable, Sendable {
    /// Tokens of about the same confidence, by the largest probability, in 15 bins of equal width.
    public struct Bin: Equatable, Sendable {
      public var tokens: Int
      /// Those that are the whole model's.
      public var right: Int
      /// Mean.
      public var confidence: Double

      public init(tokens: Int, right: Int, confidence: Double) {
        self.tokens = tokens
        self.right = right
        self.confidence = confidence
      }
    }

    public var depth: Int
    public var temperature: Double
    /// At temperature 1, and at the exit's.
    public var before: [Bin]
    public var after: [Bin]
    /// Tokens by the signal that the thresholds stand on, in 20 bins of equal width, and those of them
    /// that are right.
    public var signalTokens: [Int]
    public var signalRight: [Int]

    public init(
      depth: Int, temperature: Double, before: [Bin], after: [Bin], signalTokens: [Int],
      signalRight: [Int]
    ) {
      self.depth = depth
      self.temperature = temperature
      self.before = before
      self.after = after
      self.signalTokens = signalTokens
      self.signalRight = signalRight
    }
  }

  /// Bytes between edge and cloud, by a run of the sample texts through the protocol.
  public struct Traffic: Equatable, Sendable {
    public var bytesUpPerToken: Double
    public var bytesDownPerToken: Double
    /// What it would be if every token were asked for.
    public var cloudOnlyBytesUpPerToken: Double
    /// One hidden state as it is sent.
    public var stateBytes: Int

    public init(
      bytesUpPerToken: Double, bytesDownPerToken: Double, cloudOnlyBytesUpPerToken: Double,
      stateBytes: Int
    ) {
      self.bytesUpPerToken = bytesUpPerToken
      self.bytesDownPerToken = bytesDownPerToken
      self.cloudOnlyBytesUpPerToken = cloudOnlyBytesUpPerToken
      self.stateBytes = stateBytes
    }
  }

  /// A text as the calibrated policy wrote it.
  public struct Sample: Equatable, Sendable {
    public struct Token: Equatable, Sendable {
      public var text: String
      /// `cloud`, or `exit_DEPTH`.
      public var source: String
      /// The signal's for an exit, the largest probability for the cloud.
      public var confidence: Double
      /// Whether it is what the whole model would have said there.
      public var agrees: Bool

      public init(text: String, source: String, confidence: Double, agrees: Bool) {
        self.text = text
        self.source = source
        self.confidence = confidence
        self.agrees = agrees
      }
    }

    public var prompt: String
    /// `collaborative` or `standalone`.
    public var mode: String
    public var loss: Double
    public var tokens: [Token]

    public init(prompt: String, mode: String, loss: Double, tokens: [Token]) {
      self.prompt = prompt
      self.mode = mode
      self.loss = loss
      self.tokens = tokens
    }
  }

  /// The arguments, files by their names.
  public var command: [String]
  public var sources: [Source]
  /// Beginnings of the SHA-256 of contents, 32 lower-case hexadecimal digits, sorted.
  public var tuning: [String]
  public var calibration: [String]
  public var candidates: [Candidate]
  public var standaloneCandidates: [Candidate]
  public var frontiers: [Frontier]
  public var exits: [Exit]
  public var traffic: Traffic
  public var samples: [Sample]

  /// Digits of a digest that are kept, as in `TrainingDataRecord`.
  public static let digits = 32

  /// Whether the text of this SHA-256 had any part in the calibration.
  public func contains(sha256: String) -> Bool {
    let start = String(sha256.prefix(Self.digits))
    return calibration.contains(start) || tuning.contains(start)
  }

  public init(
    command: [String], sources: [Source], tuning: [String], calibration: [String],
    candidates: [Candidate], standaloneCandidates: [Candidate], frontiers: [Frontier],
    exits: [Exit], traffic: Traffic, samples: [Sample]
  ) {
    self.command = command
    self.sources = sources
    self.tuning = tuning
    self.calibration = calibration
    self.candidates = candidates
    self.standaloneCandidates = standaloneCandidates
    self.frontiers = frontiers
    self.exits = exits
    self.traffic = traffic
    self.samples = samples
  }
}
