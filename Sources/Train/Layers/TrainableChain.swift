import CleaveModel

/// Exits that read one another, beginning with the model's hidden state at one depth, forward and backward.
///
/// Where the first exit has feedback and something comes back, two streams run through the blocks, the rows of one
/// behind those of the other: the model's states at the depth of the feedback, as far as they are read, and the edge's,
/// brought there by the exit's map. The second reads the keys and values of the first where these have come back, and
/// has the loss. Gradients do not flow into the first.
final class TrainableChain {
  let depth: Int
  let hasFeedback: Bool
  private let stages: [Stage]
  private let gradient: FloatBuffer  // [rows, hidden]
  private let streams: FloatBuffer  // [2 rows, hidden], empty without feedback
  /// The states of the edge's stream, where it does not begin at the texts' beginnings.
  private let gathered: FloatBuffer  // [rows, hidden], empty without feedback
  private let hidden: Int
  /// The layout of the last forward pass, with all its streams.
  private var layout = BatchLayout(lengths: [])
  /// The number of rows of the edge's stream in the last forward pass, which are the last ones.
  private var edgeRows = 0

  private struct Stage {
    /// The affine map before the tail's blocks.
    let map: (any ExitAdapter)?
    let blocks: [TrainableBlock]
    let head: TrainableHead

    /// Runs the map and the blocks.
    func forward(_ states: MatrixView, _ work: BatchContext) -> MatrixView {
      runBlocks(map?.forward(states, work) ?? states, work)
    }

    func runBlocks(_ states: MatrixView, _ work: BatchContext) -> MatrixView {
      blocks.reduce(states) { $1.forward($0, work) }
    }
  }

  /// - Parameters:
  ///   - exits: the first reads the model, each further one the one before.
  ///   - rows: the most rows of a batch.
  init(
    _ exits: [ExitRecord], _ configuration: ModelConfiguration, _ parameters: Parameters, rows: Int
  ) {
    depth = exits[0].depth
    hasFeedback = exits[0].feedback != nil
    hidden = configuration.hiddenSize
    let most = hasFeedback ? 2 * rows : rows
    gradient = FloatBuffer(rows * hidden)
    streams = FloatBuffer(hasFeedback ? most * hidden : 0)
    gathered = FloatBuffer(hasFeedback ? rows * hidden : 0)
    stages = exits.map { exit in
      Stage(
        map: exit.body.map.map {
          AffineAdapters.make($0, parameters, hidden: configuration.hiddenSize, rows: most) {
            exit.name(of: .affine($0))
          }
        },
        blocks: exit.tailAttention(in: configuration).enumerated().map { block, kind in
          TrainableBlock(configuration, kind, parameters, rows: most) {
            exit.name(of: .tail(block, $0))
          }
        }, head: TrainableHead(exit, configuration, parameters, rows: rows))
    }
  }

  var exitCount: Int { stages.count }

  /// - Parameters:
  ///   - states: `[rows, hidden]`, the model's at `depth`; must stay unchanged until `backward`.
  ///   - returned: what comes back; nil where nothing does.
  ///   - rows: the rows with a loss.
  ///   - texts: the rows of each text.
  /// - Returns: for each exit `[rows with a loss, hidden]`.
  func forward(
    _ states: MatrixView, returned: TrainableExits.Returned?, rows: [Int], _ texts: BatchLayout,
    _ work: BatchContext
  ) -> [MatrixView] {
    var x = begin(states, returned, texts, work)
    let rows = edgeRows(of: rows, texts)
    return stages.enumerated().map { index, stage in
      // The first map is in `begin`: only the edge's states go through it.
      x = index == 0 ? stage.runBlocks(x, work) : stage.forward(x, work)
      return stage.head.forward(x.last(edgeRows), rows: rows, work)
    }
  }

  /// Sets the layout of the streams.
  ///
  /// - Returns: what the first block reads, `[rows of all streams, hidden]`.
  private func begin(
    _ states: MatrixView, _ returned: TrainableExits.Returned?, _ texts: BatchLayout,
    _ work: BatchContext
  ) -> MatrixView {
    layout =
      returned.map {
        BatchLayout(streams: texts.texts.map(\.count), counts: $0.counts, starts: $0.starts)
      } ?? texts
    work.layout = layout
    let own = layout.texts.suffix(texts.texts.count)
    edgeRows = own.reduce(0) { $0 + $1.count }
    let mapped =
      stages[0].map?.forward(edgeStates(states, texts), work) ?? edgeStates(states, texts)
    guard let returned, layout.rows > edgeRows else { return mapped }
    let both = streams.matrix(layout.rows, hidden)
    for (text, deep) in zip(texts.texts, layout.deep.suffix(texts.texts.count)) {
      guard let deep else { continue }
      let rows = layout.texts[deep.text]
      both.rows(rows).copy(from: returned.states.rows(text.prefix(rows.count)))
    }
    both.last(edgeRows).copy(from: mapped)
    return both
  }

  /// The states that the edge's stream begins with, `[rows of the edge's stream, hidden]`.
  private func edgeStates(_ states: MatrixView, _ texts: BatchLayout) -> MatrixView {
    guard edgeRows < texts.rows else { return states }
    let edge = gathered.matrix(edgeRows, hidden)
    edge.gather(zip(texts.texts, starts(texts)).flatMap { $0.dropFirst($1) }, from: states)
    return edge
  }

  /// The rows of the edge's stream that these rows of the batch are.
  private func edgeRows(of rows: [Int], _ texts: BatchLayout) -> [Int] {
    guard edgeRows < texts.rows else { return rows }
    var places = [Int?](repeating: nil, count: texts.rows)
    let computed = zip(texts.texts, starts(texts)).flatMap { $0.dropFirst($1) }
    for (place, row) in computed.enumerated() { places[row] = place }
    return rows.map {
      guard let place = places[$0] else { preconditionFailure("row \($0) has not been computed") }
      return place
    }
  }

  /// For each text of the batch the first position that the edge computes.
  private func starts(_ texts: BatchLayout) -> ArraySlice<Int> {
    layout.starts.suffix(texts.texts.count)
  }

  /// The hidden states that an exit of the chain reads, before its map, where nothing comes back. Those after the tail
  /// of an exit are the ones that the next would read.
  ///
  /// - Parameter states: `[rows, hidden]`, the model's at `depth`.
  /// - Returns: `[rows, hidden]`, valid until the next forward pass.
  func input(
    ofExit exit: Int, _ states: MatrixView, _ texts: BatchLayout, _ work: BatchContext
  ) -> MatrixView {
    work.layout = texts
    return stages.prefix(exit).reduce(states) { $1.forward($0, work) }
  }

  /// Adds to the gradients of the parameters.
  ///
  /// - Parameter gradients: for each exit the gradient of what `forward` returned.
  func backward(_ gradients: ArraySlice<MatrixView>, _ work: BatchContext) {
    work.layout = layout
    let gradient = gradient.matrix(edgeRows, hidden)
    gradient.clear()
    for (index, stage) in stages.enumerated().reversed() {
      let isNeeded = stages[...index].contains { !$0.blocks.isEmpty }
      stage.head.backward(
        gradients[gradients.startIndex + index], addingTo: isNeeded ? gradient : nil, work)
      for block in stage.blocks.reversed() { block.backward(gradient, work) }
      stage.map?.backward(gradient, work)
    }
  }
}
