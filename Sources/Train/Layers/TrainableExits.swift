import CleaveModel

/// All exits of a model with their parameters, forward and backward. They form chains: the first exit of a chain
/// reads a captured hidden state of the model, each further one the last hidden state of the exit before.
package final class TrainableExits {
  /// What comes back from the cloud while a batch of texts is read (specs/exits.md, "Feedback").
  package struct Returned {
    /// The model's hidden states at `feedbackDepth`, `[rows, hidden]`; must stay unchanged until `backward`.
    package let states: MatrixView
    /// For each text, how many of its first positions have come back when each row is read: at row t from 0 to t.
    package let counts: [[Int]]
    /// For each text the first position that the edge computes. From there on all before it have come back.
    package let starts: [Int]

    /// - Parameter starts: nil for 0 in every text.
    package init(states: MatrixView, counts: [[Int]], starts: [Int]? = nil) {
      self.states = states
      self.counts = counts
      self.starts = starts ?? counts.map { _ in 0 }
    }
  }

  package let configuration: ModelConfiguration
  let exits: [ExitRecord]
  package let parameters: Parameters
  package let work: BatchContext
  /// The most rows of a batch.
  let rows: Int
  private var layout = BatchLayout(lengths: [])
  private let chains: [TrainableChain]

  /// The depths of the hidden states that the chains read, rising.
  package var depths: [Int] { chains.map(\.depth) }
  /// The depth of the hidden states that the cloud sends back; nil where no exit has feedback.
  package var feedbackDepth: Int? { exits.lazy.compactMap(\.feedback).first?.depth }

  /// - Parameters:
  ///   - exits: in rising depth, the first reading the model.
  ///   - rows: the most rows of a batch.
  ///   - mapRate: what the learning rate of the maps before tails is multiplied with.
  package init(
    _ configuration: ModelConfiguration, exits: [ExitRecord], rows: Int, workers: Workers,
    precision: TrainingPrecision, mapRate: Double = 1
  ) {
    self.configuration = configuration
    self.exits = exits
    self.rows = rows
    // With feedback a chain runs two streams, one behind the other.
    let hasFeedback = exits.contains { $0.feedback != nil }
    work = BatchContext(
      configuration, rows: hasFeedback ? 2 * rows : rows, longest: rows, workers: workers,
      precision: precision)
    let maps = Set(
      exits.flatMap { exit in
        (exit.body.map?.weights ?? []).map { exit.name(of: .affine($0)) }
      })
    let parameters = Parameters(
      exits.flatMap { exit in
        exit.weights(in: configuration).map { (exit.name(of: $0), $0.shape(in: configuration)) }
      }, rateFactor: { maps.contains($0) ? mapRate : 1 })
    self.parameters = parameters
    chains = exits.chains.map { TrainableChain($0, configuration, parameters, rows: rows) }
  }

  /// Sets the layout of the batch that follows.
  package func begin(_ layout: BatchLayout) { self.layout = layout }

  /// - Parameters:
  ///   - states: the hidden states at each of `depths`, `[rows, hidden]`; must stay unchanged until `backward`.
  ///   - returned: what comes back for the chain with feedback; nil where nothing does.
  ///   - rows: the rows with a loss, which the edge computes.
  /// - Returns: for each exit the normed hidden states that the unembedding reads,
  ///   `[rows with a loss, hidden]`.
  package func forward(
    _ states: [MatrixView], returned: Returned? = nil, rows: [Int]
  ) -> [MatrixView] {
    precondition(states.count == chains.count)
    return zip(chains, states).flatMap { chain, states in
      chain.forward(
        states, returned: chain.hasFeedback ? returned : nil, rows: rows, layout, work)
    }
  }

  /// The hidden states that a map of an exit reads: those of its chain, or what the exits before it in the chain make
  /// of them; for a readout what its own tail makes of these.
  ///
  /// - Parameters:
  ///   - exit: the index of the exit.
  ///   - afterTail: whether its readout reads them, not the map before its tail.
  ///   - states: the hidden states at the depth of its chain, `[rows, hidden]`.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func input(ofExit exit: Int, afterTail: Bool, _ states: MatrixView) -> MatrixView {
    var index = exit
    for chain in chains {
      if index < chain.exitCount {
        return chain.input(ofExit: afterTail ? index + 1 : index, states, layout, work)
      }
      index -= chain.exitCount
    }
    preconditionFailure("no exit \(exit)")
  }

  /// Adds to the gradients of all parameters.
  ///
  /// - Parameter gradients: for each exit the gradient of what `forward` returned.
  package func backward(_ gradients: [MatrixView]) {
    var end = exits.count
    for chain in chains.reversed() {
      chain.backward(gradients[end - chain.exitCount..<end], work)
      end -= chain.exitCount
    }
  }
}
