import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport

/// A network of exits, a batch and what torch's autograd makes of them; see tools/golden/README.md.
final class GradientGolden {
  let network: TrainableExits
  let node: JSONNode
  private let file: SafetensorsFile
  private let tensors: [String: Tensor]
  private let unembedding: TokenRows
  private let states: [MatrixView]
  private let returned: TrainableExits.Returned?
  private let rows: [Int]
  private let samples: [Int]
  private var teacher: TeacherTargets
  private let gradients: [MatrixView]
  let workers: Workers

  init(_ name: String, precision: TrainingPrecision, threads: Int = 2) throws {
    let path = "exit-gradients/\(name)"
    node = try JSONNode(parsing: Golden.bytes("\(path).json"), file: path)
    let file = try SafetensorsFile(path: Golden.path("\(path).safetensors"))
    self.file = file
    let tensors = try Dictionary(
      uniqueKeysWithValues: file.entries.map { entry in
        let tensor = try Tensor(
          name: entry.name, type: .f32, shape: entry.shape, file: file.file, range: entry.range)
        return (entry.name, tensor)
      })
    self.tensors = tensors
    let configuration = try Self.configuration(node)
    let exits = try node.required("exits").elements().map(Self.exit)
    let batch = try node.required("batch")
    let layout = BatchLayout(lengths: try batch.integers("lengths"))
    workers = Workers(try ThreadPool(threads: threads))
    network = TrainableExits(
      configuration, exits: exits, rows: layout.rows, workers: workers, precision: precision)
    network.begin(layout)
    for entry in network.parameters.entries {
      network.parameters.set(entry.name, try tensors.floats(entry.name))
    }
    let hidden = configuration.hiddenSize
    func states(_ name: String) throws -> MatrixView {
      let buffer = FloatBuffer(layout.rows * hidden)
      buffer.copy(try tensors.floats("states.\(name)"))
      return buffer.matrix(layout.rows, hidden)
    }
    self.states = try network.depths.map { try states("\($0)") }
    returned = try batch.optional("counts").map {
      TrainableExits.Returned(
        states: try states("deep"),
        counts: try $0.elements().map { try $0.elements().map { try $0.int() } },
        starts: try batch.integers("starts"))
    }
    rows = try batch.integers("rows")
    samples = try batch.integers("samples")
    teacher = try Self.teacher(batch)
    unembedding = TokenRows(try tensors.tensor("unembedding"), workers: workers)
    let count = rows.count
    gradients = exits.map { _ in FloatBuffer(count * hidden).matrix(count, hidden) }
  }

  private static func configuration(_ node: JSONNode) throws -> ModelConfiguration {
    ModelConfiguration(
      architecture: "llama", hiddenSize: try node.required("hidden_size").int(), blockCount: 6,
      headCount: try node.required("head_count").int(),
      kvHeadCount: try node.required("kv_head_count").int(),
      headDimension: try node.required("head_dimension").int(),
      intermediateSize: try node.required("intermediate_size").int(),
      vocabularySize: try node.required("vocabulary_size").int(), contextLength: 128,
      normEpsilon: Float(try node.required("norm_epsilon").number()),
      rope: RoPE(theta: try node.required("rope_theta").number()), tiedEmbeddings: true)
  }

  private static func exit(_ node: JSONNode) throws -> ExitRecord {
    guard let body = ExitBody(text: try node.required("body").string()),
      let reads = ExitRecord.Input(rawValue: try node.required("reads").string())
    else { throw node.refuse(expected: "an exit") }
    var exit = ExitRecord(
      depth: try node.required("depth").int(), reads: reads, body: body, threshold: 0.9)
    exit.feedback = try node.optional("feedback").map { ExitFeedback(depth: try $0.int()) }
    return exit
  }

  private static func teacher(_ batch: JSONNode) throws -> TeacherTargets {
    let tokens = try batch.required("tokens").elements().map { try $0.elements() }
    let logits = try batch.required("logits").elements().map { try $0.elements() }
    var teacher = TeacherTargets(count: tokens.first?.count ?? 0)
    teacher.tokens = try tokens.joined().map { Int32(try $0.int()) }
    teacher.logits = try logits.joined().map { Float(try $0.number()) }
    teacher.weights = try batch.required("weights").elements().map { Float(try $0.number()) }
    return teacher
  }

  /// The weighted sum over rows of each exit's loss; the network's parameters get its gradients.
  func losses(_ settings: JSONNode) throws -> [Double] {
    var chosen = LossSettings()
    chosen.answerShare = try settings.required("answer_share").number()
    chosen.focus = try settings.required("focus").number()
    let loss = DistillationLoss(chosen, unembedding: unembedding, work: network.work)
    var random = CounterRandom(seed: 0)
    let vocabulary = network.configuration.vocabularySize
    let candidates =
      try settings.required("sampled").bool()
      ? CandidateSet(teacher, vocabulary: vocabulary, samples: samples)
      : CandidateSet(teacher, vocabulary: vocabulary, negatives: nil, &random)
    let normed = network.forward(states, returned: returned, rows: rows)
    let sums = zip(normed, gradients).map { normed, gradient in
      loss(normed, teacher, candidates, gradient: gradient).reduce(0) {
        $0 + Double($1.loss * $1.weight)
      }
    }
    network.backward(gradients)
    return sums
  }

  func gradient(_ entry: Parameters.Entry) -> [Float] {
    network.parameters.gradients.array(entry.range)
  }

  func value(_ entry: Parameters.Entry) -> [Float] {
    network.parameters.values.array(entry.range)
  }

  func expected(_ name: String) throws -> [Float] { try tensors.floats(name) }

  /// The distance of two lists of numbers, as a share of the second's length.
  static func distance(_ one: [Float], _ other: [Float]) -> Double {
    precondition(one.count == other.count)
    func length(_ values: [Float]) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return length(zip(one, other).map { $0 - $1 }) / length(other)
  }
}

extension Dictionary where Key == String, Value == Tensor {
  fileprivate func tensor(_ name: String) throws -> Tensor {
    guard let tensor = self[name] else { throw FileUnreadable(path: name) }
    return tensor
  }

  fileprivate func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }
}

extension JSONNode {
  fileprivate func integers(_ name: String) throws -> [Int] {
    try required(name).elements().map { try $0.int() }
  }
}
