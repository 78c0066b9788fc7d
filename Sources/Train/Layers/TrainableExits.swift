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
    let blocks: [TrainableBlock]
    let head: TrainableHead
  }

  package let configuration: ModelConfiguration
  let exits: [ExitRecord]
  package let parameters: Parameters
  package let work: BatchContext
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
      if exit.reads == .model {
        let hidden = configuration.hiddenSize
        chains.append(
          Chain(depth: exit.depth, gradient: FloatBuffer(rows * hidden).matrix(rows, hidden)))
      }
      chains[chains.count - 1].stages.append(Stage(blocks: blocks, head: head))
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
        for block in stage.blocks { x = block.forward(x, work) }
        normed.append(stage.head.forward(x, rows: rows, work))
      }
    }
    return normed
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
      }
    }
  }
}
