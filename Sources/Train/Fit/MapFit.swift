import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Fits the affine maps of exits by least squares, without gradients: the map before a tail to the model's hidden
/// states that the tail's blocks were copied to expect, an affine body and a readout to the model's last hidden states.
/// An exit that reads another is fitted on what that one gives it, with its map fitted already.
struct MapFit {
  let artifact: Artifact
  let store: CaptureStore
  let settings: FitSettings
  let workers: Workers

  /// An exit with a map to fit.
  private struct Part {
    let index: Int
    let exit: ExitRecord
    /// The index of its chain.
    let chain: Int
    let map: AffineMap
    let isReadout: Bool
    /// The depth of the hidden states that it is fitted to.
    let target: Int
    /// The number of maps before it in its chain that are fitted too.
    let level: Int

    func weight(_ weight: AffineWeight) -> ExitWeight {
      isReadout ? exit.readout(weight) : .affine(weight)
    }
  }

  /// - Parameter network: the exits, whose maps are set.
  /// - Returns: a report for each exit with a map.
  /// - Throws: `InputError` for a map that the store's states do not define.
  func run(_ network: TrainableExits, progress: (FitEvent) -> Void) throws -> [FittedMap] {
    let parts = parts(network.exits)
    let levels = Set(parts.map(\.level)).sorted()
    let sample = FitSample(store, tokens: settings.tokens, rows: network.rows)
    var fitted: [FittedMap] = []
    for level in levels {
      fitted += try fit(parts.filter { $0.level == level }, network, sample) { done in
        progress(
          .fit(done: level * sample.tokens + done, total: levels.count * sample.tokens))
      }
    }
    fitted.sort { ($0.exit, $0.target) < ($1.exit, $1.target) }
    progress(.fitted(fitted))
    return fitted
  }

  private func parts(_ exits: [ExitRecord]) -> [Part] {
    var (chain, level) = (-1, 0)
    var parts: [Part] = []
    for (index, exit) in exits.enumerated() {
      if exit.reads == .model { (chain, level) = (chain + 1, 0) }
      func add(_ map: AffineMap, isReadout: Bool, target: Int) {
        parts.append(
          Part(
            index: index, exit: exit, chain: chain, map: map, isReadout: isReadout, target: target,
            level: level))
      }
      if let map = exit.body.map, let copies = exit.copies {
        add(map, isReadout: false, target: copies)
        level += 1
      }
      if let readout = exit.body.readout {
        add(readout, isReadout: true, target: artifact.manifest.configuration.blockCount)
      }
    }
    return parts
  }

  private func fit(
    _ parts: [Part], _ network: TrainableExits, _ sample: FitSample, progress: (Int) -> Void
  ) throws -> [FittedMap] {
    let width = network.configuration.hiddenSize
    let equations = parts.map { _ in NormalEquations(width: width, targets: 1, workers: workers) }
    let deep = try DeepStates(artifact, store, pool: workers.pool)
    let reader = try BatchReader(store, depths: network.depths, rows: network.rows)
    let targets = Set(parts.map(\.target)).sorted()
    var done = 0
    for texts in sample.batches {
      let batch = try reader.read(texts, promptWeight: 0)
      network.begin(batch.layout)
      let states = try texts.map { try deep.read($0, depths: targets) }
      for (part, equations) in zip(parts, equations) {
        let x = network.input(
          ofExit: part.index, afterTail: part.isReadout, batch.states[part.chain])
        let target = targets.firstIndex(of: part.target)!
        for (index, rows) in batch.layout.texts.enumerated() {
          let own = x.rows(rows)
          equations.add(
            own, [states[index][target]],
            weights: settings.weights(of: own))
        }
      }
      done += batch.layout.rows
      progress(done)
    }
    return try zip(parts, equations).map { part, equations in
      let fit = try equations.solution(
        target: 0, rank: part.map.rank, ridge: settings.ridge, of: store.path)
      network.parameters.set(fit, of: part.exit, part.map, part.weight)
      return FittedMap(
        exit: part.exit.depth, isReadout: part.isReadout, target: part.target,
        positions: equations.count,
        unexplained: fit.unexplained)
    }
  }
}

extension Trainer {
  /// Fits the maps of exits that training has not begun to train, if it is to begin from fitted ones.
  ///
  /// - Returns: a report for each map.
  func fit(
    _ artifact: Artifact, progress: (FitEvent) -> Void = { _ in }
  ) throws -> [FittedMap] {
    guard let fit = settings.fit, !isResumed else { return [] }
    let maps = try MapFit(
      artifact: artifact, store: store, settings: fit, workers: network.work.workers
    ).run(network, progress: progress)
    best.copy(from: network.parameters.values)
    return maps
  }
}

extension ExitWeight {
  /// Whether it belongs to an affine body or to a map around a tail.
  var isAffine: Bool {
    switch self {
    case .affine, .readout: true
    case .norm, .normBias, .mlp, .tail: false
    }
  }
}

extension ExitRecord {
  /// Whether the exit has an affine body or a map around its tail.
  var hasAffineWeights: Bool { body.map != nil || body.readout != nil }
}
