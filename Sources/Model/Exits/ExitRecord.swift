import CleaveStorage

/// An early exit: its depth, how it turns a hidden state into logits, and from which confidence it
/// answers.
package struct ExitRecord: Equatable, Sendable {
  /// The hidden state that an exit reads.
  package enum Input: String, CaseIterable, Sendable {
    /// The model's hidden state after `depth` of its blocks, which the edge holds up to there.
    case model
    /// The last hidden state of the exit before: after its tail, or the one it read if it has none. The
    /// edge does not hold the model's blocks between the two; this exit's tail takes their place.
    case previous
  }

  /// The measure of an answer's confidence: a number from 0 to 1 computed from
  /// p = softmax(logits / temperature).
  package enum Signal: String, CaseIterable, Sendable {
    /// The largest probability.
    case maxProbability = "max_probability"
    /// The largest probability less the second.
    case margin
    /// 1 - H(p) / log(vocabulary): how far the distribution is from an even one.
    case entropy
  }

  /// The number of the model's blocks that the exit stands for: an exit at depth 10 that reads the model
  /// reads the output of block 9, counted from 0.
  package var depth: Int
  package var reads: Input
  package var body: ExitBody
  /// The model's block whose kind of attention the first block of the tail has; the next block of the tail
  /// has that of the next. Nil where the model's blocks have all the same.
  package var tailLike: Int?
  /// The model's block that the tail's first block began as a copy of, which is the depth of the hidden states
  /// that it expects. Nil where it is not recorded.
  package var copies: Int?
  /// The hidden states that the cloud sends back for the tail; nil for an exit that reads the edge's alone.
  package var feedback: ExitFeedback?
  package var unembedding: ExitUnembedding
  package var signal: Signal
  package var temperature: Double
  /// The confidence from which the exit answers; above 1 it never does.
  package var threshold: Double
  /// Whether the exit's weights were trained, or are the final norm's as they stand.
  package var trained: Bool
  /// Whether the threshold was calibrated to a promise, or set by hand.
  package var calibrated: Bool

  package init(
    depth: Int, reads: Input = .model, body: ExitBody = .norm,
    unembedding: ExitUnembedding = .shared, signal: Signal = .maxProbability,
    temperature: Double = 1, threshold: Double, trained: Bool = false, calibrated: Bool = false
  ) {
    self.depth = depth
    self.reads = reads
    self.body = body
    self.unembedding = unembedding
    self.signal = signal
    self.temperature = temperature
    self.threshold = threshold
    self.trained = trained
    self.calibrated = calibrated
  }

  /// The kinds of attention of the tail's blocks.
  package func tailAttention(in configuration: ModelConfiguration) -> [AttentionKind] {
    (0..<body.tailBlocks).map { block in
      tailLike.map { configuration.attention(ofBlock: $0 + block) } ?? AttentionKind()
    }
  }
}

extension ExitRecord {
  init(_ node: JSONNode) throws {
    depth = try node.required("depth").int(in: 1...ModelConfiguration.largestBlockCount)
    // Missing where it was written before there was another.
    reads = try node.optional("reads")?.oneOf(Input.self) ?? .model
    body = try ExitBody(try node.required("body"))
    tailLike = try node.optional("tail_like")?.int(in: 0...ModelConfiguration.largestBlockCount)
    copies = try node.optional("copies")?.int(in: 0...ModelConfiguration.largestBlockCount)
    feedback = try node.optional("feedback").map(ExitFeedback.init)
    signal = try node.required("signal").oneOf(Signal.self)
    unembedding = try node.required("unembedding").oneOf(ExitUnembedding.self)
    temperature = try node.required("temperature").positiveNumber()
    threshold = try node.required("threshold").number()
    guard threshold >= 0 else {
      throw try node.required("threshold").refuse(expected: "a number of at least 0")
    }
    trained = try node.required("trained").bool()
    calibrated = try node.required("calibrated").bool()
  }

  package var json: JSON {
    guard case .object(var object) = plainJSON else { return plainJSON }
    object["tail_like"] = tailLike.map { .integer(Int64($0)) }
    object["copies"] = copies.map { .integer(Int64($0)) }
    object["feedback"] = feedback?.json
    return .object(object)
  }

  private var plainJSON: JSON {
    [
      "depth": .integer(Int64(depth)), "reads": .string(reads.rawValue), "body": body.json,
      "unembedding": .string(unembedding.rawValue), "signal": .string(signal.rawValue),
      "temperature": .real(temperature),
      "threshold": .real(threshold), "trained": .bool(trained), "calibrated": .bool(calibrated),
    ]
  }
}
