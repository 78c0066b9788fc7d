import CleaveModel

/// All exits of a model with their parameters, forward and backward. They form chains: the first exit of a chain
/// reads a captured hidden state of the model, each further one the last hidden state of the exit before.
package final class TrainableExits {
  /// Exits that read one another, beginning with the hidden state at `depth`.
  private struct Chain {
    let depth: Int
    var stages: [Stage] = []
    let gradient: MatrixView  // [rows, hidden]
  }

  private struct Stage {
    /// The affine map before the tail's blocks.
    let map: (any ExitAdapter)?
    let blocks: [TrainableBlock]
    let head: TrainableHead

    /// Runs the map and the blocks.
    func forward(_ states: MatrixView, _ work: BatchContext) -> MatrixView {
      blocks.reduce(map?.forward(states, work) ?? states) { $1.forward($0, work) }
    }
  }

  package let configuration: ModelConfiguration
  let exits: [ExitRecord]
  package let parameters: Parameters
  package let work: BatchContext
  /// The most rows of a batch.
  let rows: Int
  private var chains: [Chain] = []

  /// The depths of the hidden states that the chains read, rising.
  package var depths: [Int] { chains.map(\.depth) }

  /// - Parameters:
  ///   - exits: in rising depth, the first reading the model.
  ///   - rows: the most rows of a batch.
  package init(
    _ configuration: ModelConfiguration, exits: [ExitRecord], rows: Int, workers: Workers,
    precision: TrainingPrecision
  ) {
    self.configuration = configuration
    self.exits = exits
    self.rows = rows
    work = BatchContext(configuration, rows: rows, workers: workers, precision: precision)
    parameters = Parameters(
      exits.flatMap { exit in
        exit.weights(in: configuration).map { (exit.name(of: $0), $0.shape(in: configuration)) }
      })
    for exit in exits {
      let blocks = (0..<exit.body.tailBlocks).map { block in
        TrainableBlock(configuration, parameters, rows: rows) { exit.name(of: .tail(block, $0)) }
      }
      let head = TrainableHead(exit, configuration, parameters, rows: rows)
      let map = exit.body.map.map {
        AffineAdapters.make(
          parameters, exit, rank: $0.rank, hidden: configuration.hiddenSize, rows: rows)
      }
      if exit.reads == .model {
        let hidden = configuration.hiddenSize
        chains.append(
          Chain(depth: exit.depth, gradient: FloatBuffer(rows * hidden).matrix(rows, hidden)))
      }
      chains[chains.count - 1].stages.append(Stage(map: map, blocks: blocks, head: head))
    }
  }

  /// Sets the layout of the batch that follows.
  package func begin(_ layout: BatchLayout) { work.layout = layout }

  /// - Parameters:
  ///   - states: the hidden states at each of `depths`, `[rows, hidden]`; must stay unchanged until `backward`.
  ///   - rows: the rows with a loss.
  /// - Returns: for each exit the normed hidden states that the unembedding reads,
  ///   `[rows with a loss, hidden]`.
  package func forward(_ states: [MatrixView], rows: [Int]) -> [MatrixView] {
    precondition(states.count == chains.count)
    var normed: [MatrixView] = []
    for (chain, first) in zip(chains, states) {
      var x = first
      for stage in chain.stages {
        x = stage.forward(x, work)
        normed.append(stage.head.forward(x, rows: rows, work))
      }
    }
    return normed
  }

  /// The hidden states that an exit reads, before the map that it may have: those of its chain, or what the
  /// exits before it in the chain make of them.
  ///
  /// - Parameters:
  ///   - exit: the index of the exit.
  ///   - states: the hidden states at the depth of its chain, `[rows, hidden]`.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func input(ofExit exit: Int, _ states: MatrixView) -> MatrixView {
    var (x, index) = (states, 0)
    for chain in chains {
      guard index + chain.stages.count > exit else {
        index += chain.stages.count
        continue
      }
      for stage in chain.stages.prefix(exit - index) {
        x = stage.forward(x, work)
      }
      break
    }
    return x
  }

  /// Adds to the gradients of all parameters.
  ///
  /// - Parameter gradients: for each exit the gradient of what `forward` returned.
  package func backward(_ gradients: [MatrixView]) {
    var exit = exits.count
    for chain in chains.reversed() {
      let gradient = chain.gradient.rows(0..<work.layout.rows)
      gradient.clear()
      for (index, stage) in chain.stages.enumerated().reversed() {
        exit -= 1
        let isNeeded = chain.stages[...index].contains { !$0.blocks.isEmpty }
        stage.head.backward(gradients[exit], addingTo: isNeeded ? gradient : nil, work)
        for block in stage.blocks.reversed() { block.backward(gradient, work) }
        stage.map?.backward(gradient, work)
      }
    }
  }
}
