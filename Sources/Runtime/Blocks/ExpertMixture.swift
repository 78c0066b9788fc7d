import CleaveKernels
import CleaveModel
import CleaveStorage

/// A mixture of experts: a router scores them, softmax over all makes weights, and a token goes through the
/// best few, whose results are added by weight (Qwen3's Qwen3MoeSparseMoeBlock). Weights are mapped: an
/// expert that no token takes is never read.
struct ExpertMixture: Sendable {
  private let router: Matrix  // [experts, hidden]
  private let routerBias: [Float]?  // [experts]
  private let experts: [DenseNetwork]
  private let settings: Experts
  private let shared: SharedExpert?

  init(
    _ settings: Experts, _ form: BlockForm, _ tensor: (BlockWeight) throws -> Tensor
  ) throws {
    self.settings = settings
    router = Matrix(try tensor(.router))
    let gate = Matrix(try tensor(.expertGate)), up = Matrix(try tensor(.expertUp))
    let down = Matrix(try tensor(.expertDown))
    func part(_ whole: Matrix, _ expert: Int) -> Matrix {
      let rows = whole.rows / settings.count
      return Matrix(whole, rows: expert * rows..<(expert + 1) * rows)
    }
    func vector(_ weight: BlockWeight) throws -> [Float]? {
      try form.feedForwardBias ? tensor(weight).floats() : nil
    }
    func part(_ whole: [Float]?, _ expert: Int) -> [Float]? {
      whole.map {
        let count = $0.count / settings.count
        return Array($0[expert * count..<(expert + 1) * count])
      }
    }
    routerBias = try vector(.routerBias)
    let gateBias = try vector(.expertGateBias), upBias = try vector(.expertUpBias)
    let downBias = try vector(.expertDownBias)
    shared = try settings.sharedSize.map { _ in try SharedExpert(form, tensor) }
    experts = (0..<settings.count).map {
      DenseNetwork(
        gate: part(gate, $0), up: part(up, $0), down: part(down, $0), form,
        biases: (part(gateBias, $0), part(upBias, $0), part(downBias, $0)))
    }
  }

  /// Adds the experts' outputs for the rows of `input` to as many rows of `output`. The experts of a token are
  /// added in the order of their indices, so that its bits do not depend on other tokens.
  ///
  /// - Parameters:
  ///   - input: `[count, hidden]`.
  ///   - see: takes what the down projections read, one expert after another, the shared one last.
  func apply(
    _ input: Activations, count: Int, to output: inout [Float], first: Int,
    _ work: inout ExpertWorkspace, gated: inout Activations, pool: ThreadPool,
    _ see: (_ input: BlockInput, _ read: Activations, _ count: Int) -> Void
  ) {
    work.grow(columns: count, experts: settings.count)
    Matrix.multiply([router], input, count: count, into: &work.scores, pool: pool)
    if let routerBias {
      VectorKernels.addBias(routerBias, to: &work.scores, offset: 0, count: count)
    }
    let routes = routes(work.scores, count: count)
    for (expert, rows) in routes.enumerated() where !rows.isEmpty {
      work.gather(rows.map(\.column), of: input, pool: pool)
      experts[expert].open(work.input, count: rows.count, into: &gated, pool: pool)
      see(.down, gated, rows.count)
      experts[expert].close(gated, count: rows.count, into: &work.output, pool: pool)
      work.scatter(rows, into: &output, first: first)
    }
    shared?.apply(input, count: count, to: &output, first: first, &work, pool: pool) {
      see(.sharedDown, $0, $1)
    }
  }

  struct Route {
    let column: Int
    let weight: Float
  }

  /// The columns that go through each expert, rising.
  ///
  /// - Parameter scores: `[count, experts]`.
  private func routes(_ scores: [Float], count: Int) -> [[Route]] {
    var routes = [[Route]](repeating: [], count: settings.count)
    for column in 0..<count {
      let row = scores[column * settings.count..<(column + 1) * settings.count]
      for (expert, weight) in chosen(Array(row)) {
        routes[expert].append(Route(column: column, weight: weight))
      }
    }
    return routes
  }

  /// The best experts of a token, the lower index first among equals, with their weights.
  private func chosen(_ scores: [Float]) -> [(expert: Int, weight: Float)] {
    let largest = scores.reduce(-Float.infinity) { Swift.max($0, $1) }
    var weights = [Float](repeating: 0, count: scores.count)
    ck_exp(scores.map { $0 - largest }, &weights, scores.count)
    let sum = weights.reduce(0, +)
    let best = weights.indices.sorted {
      scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1)
    }.prefix(settings.perToken)
    let among = settings.normalized ? best.reduce(0) { $0 + weights[$1] / sum } : 1
    return best.map { ($0, weights[$0] / sum / among) }
  }
}

/// The scratch memory of a mixture of experts.
struct ExpertWorkspace {
  var scores: [Float] = []  // [batch, experts]
  /// The columns that go through one expert: `[batch, hidden]`.
  private(set) var input: Activations
  /// What the shared expert's down projection reads: `[batch, shared]`; of no use without one.
  var shared: Activations
  var output: [Float] = []  // [batch, hidden]

  init(_ configuration: ModelConfiguration, numerics: Numerics) {
    input = Activations(width: configuration.hiddenSize, numerics: numerics)
    shared = Activations(
      width: configuration.block.experts?.sharedSize ?? 1, numerics: numerics)
  }

  mutating func grow(columns: Int, experts: Int) {
    scores.grow(to: columns * experts)
    input.grow(columns: columns)
    output.grow(to: columns * input.width)
  }

  /// Copies some columns of the source, in this order.
  mutating func gather(_ columns: [Int], of source: Activations, pool: ThreadPool) {
    let width = input.width
    for (row, column) in columns.enumerated() {
      for index in 0..<width {
        input.values[row * width + index] = source.values[column * width + index]
      }
    }
    input.quantize(count: columns.count, pool: pool)
  }

  /// Adds the rows of `output` by their weights.
  func scatter(_ rows: [ExpertMixture.Route], into target: inout [Float], first: Int) {
    let width = input.width
    target.withUnsafeMutableBufferPointer { target in
      output.withUnsafeBufferPointer { output in
        for (row, route) in rows.enumerated() {
          let start = (first + route.column) * width
          precondition(start >= 0 && start + width <= target.count)
          ck_add_scaled(
            target.baseAddress! + start, output.baseAddress! + row * width, route.weight, width)
        }
      }
    }
  }
}
