/// An early exit: where it sits, how it turns a hidden state into logits, and when its answer counts.
public struct ExitRecord: Equatable, Sendable {
  /// How the hidden state is changed before the unembedding.
  public enum Body: String, CaseIterable, Sendable {
    /// RMSNorm with the exit's own weight.
    case norm
  }

  /// What the confidence of an answer is measured by.
  public enum Signal: String, CaseIterable, Sendable {
    /// The largest probability of softmax(logits / temperature).
    case maxProbability = "max_probability"
  }

  /// Blocks run before the exit: an exit at depth 10 reads the output of block 9, counted from 0.
  public var depth: Int
  public var body: Body
  public var signal: Signal
  public var temperature: Double
  /// The exit answers when its confidence is at least this; above 1 it never does.
  public var threshold: Double
  /// Whether the exit's weights were trained, or are the final norm's as they stand.
  public var trained: Bool
  /// Whether the threshold was calibrated to a promise, or set by hand.
  public var calibrated: Bool

  public init(
    depth: Int, body: Body = .norm, signal: Signal = .maxProbability, temperature: Double = 1,
    threshold: Double, trained: Bool = false, calibrated: Bool = false
  ) {
    self.depth = depth
    self.body = body
    self.signal = signal
    self.temperature = temperature
    self.threshold = threshold
    self.trained = trained
    self.calibrated = calibrated
  }

  public var path: String { ArtifactLayout.exit(depth: depth) }

  /// Name of the exit's norm weight, of shape `[hidden]`.
  public var normName: String { "exits.\(depth).norm.weight" }
}

extension ExitRecord {
  init(_ node: JSONNode) throws {
    depth = try node.required("depth").int(in: 1...ModelConfiguration.largestBlockCount)
    body = try node.required("body").oneOf(Body.self)
    signal = try node.required("signal").oneOf(Signal.self)
    let unembedding = try node.required("unembedding")
    guard try unembedding.string() == "shared" else {
      throw unembedding.refuse(expected: "\"shared\"")
    }
    temperature = try node.required("temperature").positiveNumber()
    threshold = try node.required("threshold").number()
    guard threshold >= 0 else {
      throw try node.required("threshold").refuse(expected: "a number of at least 0")
    }
    trained = try node.required("trained").bool()
    calibrated = try node.required("calibrated").bool()
  }

  public var json: JSON {
    [
      "depth": .integer(Int64(depth)), "body": .string(body.rawValue), "unembedding": "shared",
      "signal": .string(signal.rawValue), "temperature": .real(temperature),
      "threshold": .real(threshold), "trained": .bool(trained), "calibrated": .bool(calibrated),
    ]
  }
}

extension JSONNode {
  /// The case of a string enumeration, or an error that lists them.
  func oneOf<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) throws -> Value
  where Value.RawValue == String {
    guard let value = Value(rawValue: try string()) else {
      throw refuse(
        expected: "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }
}
