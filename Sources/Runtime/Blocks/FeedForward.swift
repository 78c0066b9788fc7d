import CleaveModel
import CleaveStorage

/// The feed-forward part of a block: one network, or a mixture of them.
enum FeedForward: Sendable {
  case dense(DenseNetwork)
  case mixture(ExpertMixture)

  init(_ configuration: ModelConfiguration, _ tensor: (BlockWeight) throws -> Tensor) throws {
    guard let experts = configuration.block.experts else {
      let parts = Set(BlockWeight.all(in: configuration.block))
      func vector(_ weight: BlockWeight) throws -> [Float]? {
        parts.contains(weight) ? try tensor(weight).floats() : nil
      }
      self = .dense(
        DenseNetwork(
          gate: try configuration.block.gated ? Matrix(tensor(.gate)) : nil,
          up: Matrix(try tensor(.up)), down: Matrix(try tensor(.down)), configuration.block,
          biases: (try vector(.gateBias), try vector(.upBias), try vector(.downBias))))
      return
    }
    self = .mixture(try ExpertMixture(experts, configuration.block, tensor))
  }
}

/// A feed-forward network: `down(activation(gate(x)) * up(x))` (Shazeer 2020), or without a gate
/// `down(activation(up(x)))`, each product with its bias where it has one.
struct DenseNetwork: Sendable {
  private let gate: Matrix?  // [intermediate, hidden]
  private let up: Matrix  // [intermediate, hidden]
  private let down: Matrix  // [hidden, intermediate]
  private let activation: BlockForm.Activation
  private let clamp: GateClamp?
  private let gateBias: [Float]?  // [intermediate]
  private let upBias: [Float]?  // [intermediate]
  private let downBias: [Float]?  // [hidden]

  init(
    gate: Matrix?, up: Matrix, down: Matrix, _ form: BlockForm,
    biases: (gate: [Float]?, up: [Float]?, down: [Float]?) = (nil, nil, nil)
  ) {
    precondition((gate?.rows ?? up.rows) == up.rows && down.columns == up.rows)
    self.gate = gate
    self.up = up
    self.down = down
    activation = form.activation
    clamp = form.gateClamp
    (gateBias, upBias, downBias) = biases
  }

  /// Computes the input of the down projection, `activation(gate(x)) * up(x)` or `activation(up(x))`.
  ///
  /// - Parameters:
  ///   - input: `[count, hidden]`.
  ///   - gated: receives `[count, intermediate]`.
  func open(_ input: Activations, count: Int, into gated: inout Activations, pool: ThreadPool) {
    Matrix.gateUp(
      gate: gate, up: up, biases: (gateBias, upBias), activation, clamp: clamp, input,
      count: count, into: &gated, pool: pool)
  }

  /// Computes the down projection of what `open` gave: the first `count` rows of the output.
  func close(
    _ gated: Activations, count: Int, into output: inout [Float], pool: ThreadPool
  ) {
    Matrix.multiply([down], gated, count: count, into: &output, pool: pool)
    if let downBias { VectorKernels.addBias(downBias, to: &output, offset: 0, count: count) }
  }

  /// Adds the down projection of what `open` gave to as many rows of the output, from row `first` on.
  func close(
    _ gated: Activations, count: Int, to output: inout [Float], first: Int, pool: ThreadPool
  ) {
    down.add(gated, count: count, to: &output, first: first, pool: pool)
    guard let downBias else { return }
    VectorKernels.addBias(downBias, to: &output, offset: first * downBias.count, count: count)
  }
}
