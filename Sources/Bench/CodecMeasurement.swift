import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Measures how each encoding of hidden states changes the cloud's answers.
struct CodecMeasurement {
  enum Packing {
    case encoding(StatesEncoding)
    case simulated(SimulatedCodec)
  }

  struct Score {
    var packing: Packing
    var bytes = 0
    var uncompressed = 0
    var same = 0
    /// The sum over answers of KL(float32 || this encoding), in nats.
    var divergence = 0.0
    var encodeSeconds = 0.0
    var decodeSeconds = 0.0
  }

  private let artifact: Artifact
  private let whole: WholeModel
  private let probe: StatesProbe
  private let pool: ThreadPool
  private let hiddenSize: Int
  private(set) var scores: [Score]
  private(set) var answers = 0
  private(set) var states = 0

  /// - Parameter bits: of the packings to simulate beside the encodings.
  init(_ artifact: Artifact, bits: [Int], numerics: Numerics, pool: ThreadPool) throws {
    self.artifact = artifact
    self.pool = pool
    whole = try WholeModel(artifact)
    probe = StatesProbe(
      edge: try EdgeModel(exitsOf: artifact), cloud: try CloudModel(restOf: artifact),
      numerics: numerics, pool: pool)
    let hiddenSize = artifact.manifest.configuration.hiddenSize
    self.hiddenSize = hiddenSize
    scores =
      StatesEncoding.all.map { Score(packing: .encoding($0)) }
      + bits.map { Score(packing: .simulated(SimulatedCodec(bits: $0, hiddenSize: hiddenSize))) }
  }

  /// Scores the answers after the prompt and after each token of the whole model's greedy text.
  mutating func add(_ prompt: [Int], maxTokens: Int) async throws {
    let session = WholeModelSession(whole, pool: pool)
    let generation = Generation(
      maxTokens: maxTokens, stopTokens: Set(artifact.manifest.tokens.endOfText))
    let text = try await generation.run(session, prompt: prompt).answers.map(\.token)
    let tokens = Array((prompt + text).prefix(session.contextLength))
    let count = tokens.count - prompt.count + 1
    let input = try probe.states(of: tokens)
    let truth = try probe.logits(after: input, last: count)
    answers += count
    states += tokens.count
    for index in scores.indices {
      let output = try pass(input, count: tokens.count, &scores[index])
      compare(truth, try probe.logits(after: output, last: count), count: count, &scores[index])
    }
  }

  private func pass(_ input: [Float], count: Int, _ score: inout Score) throws -> [Float] {
    switch score.packing {
    case .encoding(let encoding): return try pass(input, count: count, encoding, &score)
    case .simulated(var codec):
      let output = codec.round(input)
      score.packing = .simulated(codec)
      score.bytes += count * codec.positionBytes
      score.uncompressed += count * codec.positionBytes
      return output
    }
  }

  /// Encodes and decodes hidden states `[count, hidden]` as one message of all positions.
  private func pass(
    _ input: [Float], count: Int, _ encoding: StatesEncoding, _ score: inout Score
  ) throws -> [Float] {
    let codec = StatesCodec(encoding.format, hiddenSize: hiddenSize)
    let begin = ContinuousClock.now
    let message = codec.message(
      codec.encode(input), first: 0, compressed: encoding.isCompressed)
    let middle = ContinuousClock.now
    let output = try message.decode(hiddenSize: hiddenSize)
    score.encodeSeconds += (middle - begin) / .seconds(1)
    score.decodeSeconds += (.now - middle) / .seconds(1)
    score.bytes += message.data.count
    score.uncompressed += count * codec.positionBytes
    return output
  }

  private func compare(_ truth: [Float], _ other: [Float], count: Int, _ score: inout Score) {
    let width = truth.count / count
    truth.withUnsafeBufferPointer { truth in
      other.withUnsafeBufferPointer { other in
        for start in stride(from: 0, to: truth.count, by: width) {
          let range = start..<(start + width)
          guard let p = LogitsRow(UnsafeBufferPointer(rebasing: truth[range])),
            let q = LogitsRow(UnsafeBufferPointer(rebasing: other[range]))
          else { continue }
          score.same += p.top == q.top ? 1 : 0
          score.divergence += p.divergence(to: q)
        }
      }
    }
  }
}

extension CodecMeasurement {
  private func numbers(_ score: Score) -> [(name: String, value: Double)] {
    [
      ("bits", 8 * Double(score.bytes) / Double(states * hiddenSize)),
      ("agreement", Double(score.same) / Double(answers)),
      ("kl", score.divergence / Double(answers)),
      ("encode_us", 1e6 * score.encodeSeconds / Double(states)),
      ("decode_us", 1e6 * score.decodeSeconds / Double(states)),
      ("zstd_ratio", Double(score.bytes) / Double(score.uncompressed)),
    ]
  }

  var json: JSON {
    let rows = scores.map { score in
      JSON.object(
        JSONObject(
          [("encoding", .string(score.packing.description))]
            + numbers(score).map { ($0.name, .real($0.value)) }))
    }
    return [
      "answers": .integer(Int64(answers)), "states": .integer(Int64(states)),
      "encodings": .array(rows),
    ]
  }

  var table: String {
    func cell(_ text: String) -> String {
      String(repeating: " ", count: max(1, 16 - text.count)) + text
    }
    let header = cell("encoding") + numbers(scores[0]).map { cell($0.name) }.joined()
    let rows = scores.map { score in
      cell(score.packing.description)
        + numbers(score).map { cell("\(($0.value * 1e5).rounded() / 1e5)") }.joined()
    }
    return (["\(answers) answers, \(states) states", header] + rows).joined(separator: "\n")
  }
}

extension CodecMeasurement.Packing: CustomStringConvertible {
  /// The encoding's name, or the bits with the errors' distance in decibel.
  var description: String {
    switch self {
    case .encoding(let encoding): encoding.description
    case .simulated(let codec):
      "\(codec.bits) bits, \((codec.decibel * 10).rounded() / 10) dB"
    }
  }
}
