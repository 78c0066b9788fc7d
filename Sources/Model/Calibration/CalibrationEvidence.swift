/// The evidence of a calibration: `calibration.json` of an artifact. It names the prompts, so that nobody
/// judges the promise by them, and has everything that the report draws.
package struct CalibrationEvidence: Equatable, Sendable {
  /// A file of prompts.
  package struct Source: Equatable, Sendable {
    /// File name without its directory.
    package var name: String
    package var field: String
    /// The format around each text, with a hole for it.
    package var format: String
    package var sha256: String
    package var prompts: Int

    package init(name: String, field: String, format: String, sha256: String, prompts: Int) {
      self.name = name
      self.field = field
      self.format = format
      self.sha256 = sha256
      self.prompts = prompts
    }
  }

  /// An exit policy that was tried: candidates are in the order they were tested, from safe to bold.
  package struct Candidate: Equatable, Sendable {
    package var thresholds: [Double]
    /// The outcome on the tuning prompts, which only order the candidates.
    package var tuning: Outcome?
    /// The outcome on the calibration prompts; nil for a candidate that was not reached.
    package var calibration: Outcome?
    /// The p-value of the hypothesis that its risk is above the promise; nil where none was tested.
    package var pValue: Double?
    package var passed: Bool

    package init(
      thresholds: [Double], tuning: Outcome?, calibration: Outcome?, pValue: Double?, passed: Bool
    ) {
      self.thresholds = thresholds
      self.tuning = tuning
      self.calibration = calibration
      self.pValue = pValue
      self.passed = passed
    }
  }

  /// The outcome of a policy on texts that it wrote itself.
  package struct Outcome: Equatable, Sendable {
    /// Mean loss.
    package var risk: Double
    /// The share of all tokens that the cloud gave; `exitShares` has that of each exit.
    package var cloudShare: Double
    package var exitShares: [Double]

    package init(risk: Double, cloudShare: Double, exitShares: [Double]) {
      self.risk = risk
      self.cloudShare = cloudShare
      self.exitShares = exitShares
    }
  }

  /// The trade-off of one signal at every set of thresholds worth having: disagreeing tokens against tokens
  /// of the cloud, on the whole model's own texts of the tuning prompts (none was written for it).
  package struct Frontier: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
      package var disagreement: Double
      package var cloudShare: Double

      package init(disagreement: Double, cloudShare: Double) {
        self.disagreement = disagreement
        self.cloudShare = cloudShare
      }
    }

    package var signal: ExitRecord.Signal
    package var points: [Point]

    package init(signal: ExitRecord.Signal, points: [Point]) {
      self.signal = signal
      self.points = points
    }
  }

  /// The confidence of one exit on every token of the whole model's texts of the calibration prompts.
  package struct Exit: Equatable, Sendable {
    /// Tokens of about the same confidence, by the largest probability, in 15 bins of equal width.
    package struct Bin: Equatable, Sendable {
      package var tokens: Int
      /// Number of tokens that are the whole model's.
      package var right: Int
      /// The mean confidence.
      package var confidence: Double

      package init(tokens: Int, right: Int, confidence: Double) {
        self.tokens = tokens
        self.right = right
        self.confidence = confidence
      }
    }

    package var depth: Int
    package var temperature: Double
    /// The bins at temperature 1; `after` has those at the exit's temperature.
    package var before: [Bin]
    package var after: [Bin]
    /// Numbers of tokens by the signal that the thresholds apply to, in 20 bins of equal width;
    /// `signalRight` has how many of them are right.
    package var signalTokens: [Int]
    package var signalRight: [Int]

    package init(
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

  /// Bytes between edge and cloud, measured by a run of the sample texts through the protocol.
  package struct Traffic: Equatable, Sendable {
    package var bytesUpPerToken: Double
    package var bytesDownPerToken: Double
    /// Bytes up per token if every token were asked for.
    package var cloudOnlyBytesUpPerToken: Double
    /// Bytes of one hidden state as it is sent.
    package var stateBytes: Int

    package init(
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
  package struct Sample: Equatable, Sendable {
    package struct Token: Equatable, Sendable {
      package var text: String
      /// `cloud`, or `exit_DEPTH`.
      package var source: String
      /// The signal of an exit, or the largest probability of the cloud.
      package var confidence: Double
      /// Whether the whole model would have given the same token there.
      package var agrees: Bool

      package init(text: String, source: String, confidence: Double, agrees: Bool) {
        self.text = text
        self.source = source
        self.confidence = confidence
        self.agrees = agrees
      }
    }

    package var prompt: String
    /// `collaborative` or `standalone`.
    package var mode: String
    package var loss: Double
    package var tokens: [Token]

    package init(prompt: String, mode: String, loss: Double, tokens: [Token]) {
      self.prompt = prompt
      self.mode = mode
      self.loss = loss
      self.tokens = tokens
    }
  }

  /// The arguments of the command, files without their directories.
  package var command: [String]
  package var sources: [Source]
  /// The tuning prompts: beginnings of the SHA-256 of their contents, 32 lower-case hexadecimal digits,
  /// sorted; `calibration` has the calibration prompts alike.
  package var tuning: [String] { didSet { known = Set(tuning + calibration) } }
  package var calibration: [String] { didSet { known = Set(tuning + calibration) } }
  /// What `contains` looks in, made once for all that is asked.
  private var known: Set<String>
  package var candidates: [Candidate]
  package var standaloneCandidates: [Candidate]
  package var frontiers: [Frontier]
  package var exits: [Exit]
  package var traffic: Traffic
  package var samples: [Sample]

  /// Number of digits of a digest that are kept, as in `TrainingDataRecord`.
  package static let digits = 32

  /// Whether the text of this SHA-256 had any part in the calibration.
  package func contains(sha256: String) -> Bool {
    known.contains(String(sha256.prefix(Self.digits)))
  }

  package init(
    command: [String], sources: [Source], tuning: [String], calibration: [String],
    candidates: [Candidate], standaloneCandidates: [Candidate], frontiers: [Frontier],
    exits: [Exit], traffic: Traffic, samples: [Sample]
  ) {
    self.command = command
    self.sources = sources
    self.tuning = tuning
    self.calibration = calibration
    known = Set(tuning + calibration)
    self.candidates = candidates
    self.standaloneCandidates = standaloneCandidates
    self.frontiers = frontiers
    self.exits = exits
    self.traffic = traffic
    self.samples = samples
  }
}
