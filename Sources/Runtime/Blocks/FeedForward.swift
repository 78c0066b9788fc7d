import CleaveModel
import CleaveStorage

/// The feed-forward part of a block: one gated network, or a mixture of them.
enum FeedForward: Sendable {
  case dense(GatedNetwork)
  case mixture(ExpertMixture)

  init(_ configuration: ModelConfiguration, _ tensor: (BlockWeight) throws -> Tensor) throws {
    let activation = configuration.block.activation
    guard let experts = configuration.block.experts else {
      self = .dense(
        GatedNetwork(
          gate: Matrix(try tensor(.gate)), up: Matrix(try tensor(.up)),
          down: Matrix(try tensor(.down)), activation: activation))
      return
    }
    self = .mixture(try ExpertMixture(experts, activation, tensor))
  }
}

/// A gated feed-forward network: `down(activation(gate(x)) * up(x))` (Shazeer 2020).
struct GatedNetwork: Sendable {
  let gate: Matrix  // [intermediate, hidden]
  let up: Matrix  // [intermediate, hidden]
  let down: Matrix  // [hidden, intermediate]
  let activation: BlockForm.Activation

  init(gate: Matrix, up: Matrix, down: Matrix, activation: BlockForm.Activation) {
    precondition(gate.rows == up.rows && down.columns == gate.rows)
    self.gate = gate
    self.up = up
    self.down = down
    self.activation = activation
  }

  /// Computes the input of the down projection, `activation(gate(x)) * up(x)`.
  ///
  /// - Parameters:
  ///   - input: `[count, hidden]`.
  ///   - gated: receives `[count, intermediate]`.
  func open(_ input: Activations, count: Int, into gated: inout Activations, pool: ThreadPool) {
    Matrix.gateUp(
      gate: gate, up: up, activation, input, count: count, into: &gated, pool: pool)
  }
}
