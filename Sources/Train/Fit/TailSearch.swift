import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Chooses the blocks of the model that tails begin as copies of. For each place from the chain's own depth on the
/// map is fitted and the untrained exits are judged on held-out texts; the least mean loss of the chain's exits, each
/// at its best temperature, decides. Maps of later exits in a chain and readouts change nothing yet.
struct TailSearch {
  let artifact: Artifact
  let store: CaptureStore
  let settings: TrainingSettings
  let fit: FitSettings
  let workers: Workers

  /// - Parameter exits: in rising depth.
  /// - Throws: `InputError` where a chain's tails have more blocks than the model has after it.
  func run(_ exits: [ExitRecord], progress: (FitEvent) -> Void) throws -> TailChoice {
    let chains = exits.chains.filter { $0.tailBlocks > 0 }
    let choice = TailChoice(chains: try chains.map { try search($0, progress) })
    progress(.chosen(choice))
    return choice
  }

  /// The first blocks that the tails of a chain may be copied from.
  ///
  /// - Parameter file: the model, for error messages.
  /// - Throws: `InputError` where there are none.
  static func candidates(
    _ chain: [ExitRecord], _ configuration: ModelConfiguration, file: String
  ) throws -> ClosedRange<Int> {
    let last = configuration.blockCount - chain.tailBlocks
    // What comes back is deeper than what the edge has itself.
    let first = chain[0].depth + (chain[0].feedback == nil ? 0 : 1)
    guard first <= last else {
      throw InputError(
        file: file, location: "exits",
        found: "\(chain.tailBlocks) blocks in tails that go on from depth \(chain[0].depth)",
        expected:
          "at most the \(last + chain.tailBlocks - first) after depth \(first), to choose among",
        advice: "Give --init last, or fewer blocks.")
    }
    return first...last
  }

  private func search(
    _ chain: [ExitRecord], _ progress: (FitEvent) -> Void
  ) throws -> TailChoice.Chain {
    let blocks = try Self.candidates(
      chain, artifact.manifest.configuration, file: artifact.path)
    var chain = chain
    // The choice decides the depth of the states that come back.
    chain[0].feedback = nil
    let first = try judged(chain, copying: blocks.lowerBound)
    let equations = chain.mapOfTail == nil ? nil : try equations(first.network, blocks, progress)
    // Blocks that see a window and blocks that see everything are other networks.
    let isOneNetwork = artifact.manifest.configuration.window == nil
    var candidates: [TailChoice.Candidate] = []
    for block in blocks {
      let isFirst = block == blocks.lowerBound
      let judged = isOneNetwork || isFirst ? first : try judged(chain, copying: block)
      let map = try equations?.solution(
        target: block - blocks.lowerBound, rank: chain.mapOfTail?.map.rank, ridge: fit.ridge,
        of: store.path)
      candidates.append(try candidate(block, chain, judged, map))
      progress(.judged(done: candidates.count, total: blocks.count))
    }
    return TailChoice.Chain(exits: chain.map(\.depth), candidates: candidates)
  }

  /// Judges the chain with tails that are copies of the blocks from this one on, behind a fitted map.
  private func candidate(
    _ block: Int, _ chain: [ExitRecord], _ judged: JudgedExits, _ fit: AffineFit?
  ) throws -> TailChoice.Candidate {
    let parameters = judged.network.parameters
    try parameters.set(chain, to: .initial(.blocks([block])), from: artifact)
    if let fit, let tail = chain.mapOfTail {
      parameters.set(fit, of: tail.exit, tail.map, ExitWeight.affine)
    }
    let losses = try judged.evaluator.tempered().map(\.loss)
    return TailChoice.Candidate(
      block: block, unexplained: fit?.unexplained,
      loss: losses.reduce(0, +) / Double(losses.count), scores: try judged.evaluator.scores())
  }

  /// The chain with tails that begin as copies of the blocks from this one on.
  private func judged(_ chain: [ExitRecord], copying block: Int) throws -> JudgedExits {
    var settings = settings
    settings.heldOutTokens = fit.searchHeldOutTokens
    let start = TrainingStart.initial(.blocks([block]))
    return try JudgedExits(
      artifact, store, exits: try start.records(chain, feedback: false, artifact), start: start,
      settings: settings, workers: workers)
  }

  /// The sums for the maps from the chain's hidden states to those at each of the depths, from one pass.
  private func equations(
    _ network: TrainableExits, _ depths: ClosedRange<Int>, _ progress: (FitEvent) -> Void
  ) throws -> NormalEquations {
    let sample = FitSample(store, tokens: fit.searchTokens, rows: network.rows)
    let equations = NormalEquations(
      width: network.configuration.hiddenSize, targets: depths.count, workers: workers)
    let deep = try DeepStates(artifact, store, pool: workers.pool)
    let reader = try BatchReader(store, depths: network.depths, rows: network.rows)
    var done = 0
    for texts in sample.batches {
      let batch = try reader.read(texts, promptWeight: 0)
      for (index, rows) in batch.layout.texts.enumerated() {
        let x = batch.states[0].rows(rows)
        equations.add(
          x, try deep.read(texts[index], depths: depths),
          weights: fit.weights(of: x))
        done += rows.count
        progress(.read(done: done, total: sample.tokens))
      }
    }
    return equations
  }
}

extension [ExitRecord] {
  /// The map before the first tail of a chain; nil where there is none.
  fileprivate var mapOfTail: (exit: ExitRecord, map: AffineMap)? {
    guard let exit = first(where: { $0.body.tailBlocks > 0 }) else { return nil }
    return exit.body.map.map { (exit, $0) }
  }
}
