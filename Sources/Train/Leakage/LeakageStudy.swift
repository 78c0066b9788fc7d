import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Runs `cleave eval --leakage`: trains known attacks on the hidden states that an edge would upload, and measures
/// how many tokens of another text they recover.
package final class LeakageStudy {
  private let artifact: Artifact
  private let settings: LeakageSettings
  private let attacker: LeakageText
  private let judged: LeakageText
  private let embeddings: LayerwiseModel
  private let runner: WholeModelBatch
  private let pool: ThreadPool
  private let workers: Workers
  private let attacks: [StateAttack]
  /// Called with the number of tokens run so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  private var done = 0

  /// Opens the model and both texts.
  ///
  /// - Parameters:
  ///   - data: the text whose tokens are to be recovered.
  ///   - attackData: the text that the attacker has.
  /// - Throws: `InputError` if the study is not possible, `SettingError` for its settings, before any token is run.
  package init(
    model artifact: Artifact, data: String, attackData: String, settings: LeakageSettings
  ) throws {
    try artifact.require(role: .model)
    let configuration = artifact.manifest.configuration
    try settings.check(configuration)
    guard settings.windowLength <= configuration.contextLength else {
      throw ContextLimitError(
        tokens: settings.windowLength, contextLength: configuration.contextLength)
    }
    self.artifact = artifact
    self.settings = settings
    let tokenizer = try Tokenizer(try artifact.tokenizerJSON())
    attacker = try LeakageText(
      attackData, tokenizer, length: settings.windowLength, windows: settings.attackWindows)
    judged = try LeakageText(
      data, tokenizer, length: settings.windowLength, windows: settings.windows)
    try judged.requireDisjoint(attacker)
    let pool = try ThreadPool(threads: settings.threads)
    try pool.requireProductMemory()
    self.pool = pool
    let workers = Workers(pool)
    self.workers = workers
    embeddings = try LayerwiseModel(artifact, numerics: .standard, pool: pool)
    runner = try WholeModelBatch(
      try WholeModel(artifact), slots: 1, longest: settings.windowLength, numerics: .standard,
      pool: pool)
    attacks = settings.depths.flatMap { depth in
      settings.formats.map {
        StateAttack(
          .init(depth: depth, format: $0), width: configuration.hiddenSize,
          workers: workers)
      }
    }
  }

  /// - Throws: `InputError` for states that are not finite, or that no attack can be fitted to.
  package func run() throws -> LeakageReport {
    for window in 0..<attacker.count { try learn(attacker.tokens(window)) }
    for attack in attacks { try attack.fit(ridge: settings.ridge, of: attacker.path) }
    var scores = attacks.map { _ in LeakageScores() }
    var guessing: [LeakageScores.Share] = []
    for window in 0..<judged.count {
      let tokens = judged.tokens(window)
      let truth = Array(tokens.dropFirst(judged.skipped))
      try recover(tokens, truth, &scores)
      let guess = attacks[0].mostCommonToken
      guessing.append((truth.count { $0 == guess }, truth.count))
    }
    return report(scores, guessing)
  }

  private func report(
    _ scores: [LeakageScores], _ guessing: [LeakageScores.Share]
  ) -> LeakageReport {
    LeakageReport(
      modelID: artifact.manifest.modelID, data: judged.input, attackData: attacker.input,
      windowLength: settings.windowLength, tokens: judged.positions,
      attackTokens: attacker.positions, searchedTokens: scores[0].searched,
      guesses: settings.guesses, ridge: settings.ridge,
      rows: zip(attacks, scores).map { attack, scores in
        .init(
          depth: attack.upload.depth, format: attack.upload.format,
          bytesPerToken: attack.bytesPerToken,
          nearest: Estimate(overClusters: scores.nearest),
          inverter: Estimate(overClusters: scores.inverter),
          search: scores.search.isEmpty ? nil : Estimate(overClusters: scores.search))
      },
      guessing: Estimate(overClusters: guessing))
  }

  private func learn(_ tokens: [Int]) throws {
    let kept = Array(tokens.dropFirst(attacker.skipped))
    let targets = try unitEmbeddings(kept)
    let states = try states(of: tokens)
    for attack in attacks {
      try attack.learn(kept, states[attack.upload.depth]!, embeddings: targets)
    }
  }

  /// Attacks one window's uploads, and counts what each attack recovers.
  private func recover(
    _ tokens: [Int], _ truth: [Int], _ scores: inout [LeakageScores]
  ) throws {
    let states = try states(of: tokens)
    let received = try attacks.map { try $0.received(states[$0.upload.depth]!) }
    // All attacks share one pass over the embeddings.
    let guesses = try largest(zip(attacks, received).flatMap { $0.inverted($1) })
    for (index, attack) in attacks.enumerated() {
      let own = Array(guesses[index * truth.count..<(index + 1) * truth.count])
      let nearest = attack.nearest(received[index])
      scores[index].add(nearest: nearest, inverted: own.map { $0[0] }, truth)
      let count = min(truth.count, settings.searchedTokens - scores[index].searched)
      guard count > 0 else { continue }
      let search = PrefixSearch(
        model: try SteppedStates(artifact, depth: attack.upload.depth, pool: pool), width: width,
        received: attack.received)
      let found = try search.recover(
        given: Array(tokens.prefix(judged.skipped)),
        Array(received[index].prefix(count * width)),
        guesses: zip(nearest, own).prefix(count).map { [$0] + $1 })
      scores[index].addSearched(found, truth)
    }
  }

  /// The tokens with the nearest embeddings, the nearest first.
  private func largest(_ queries: [Float]) throws -> [[Int]] {
    let largest = LargestProducts(
      width: width, workers: workers,
      count: settings.searchedTokens > 0 ? settings.guesses : 1)
    return try largest(queries, rows: artifact.manifest.configuration.vocabularySize) { range in
      (try unitEmbeddings(Array(range)), Array(repeating: 0, count: range.count))
    }
  }

  private var width: Int { artifact.manifest.configuration.hiddenSize }

  private func unitEmbeddings(_ tokens: [Int]) throws -> [Float] {
    try embeddings.embed(tokens).withUnitRows(width)
  }

  /// The hidden states of a window at each depth, `[positions, hidden]`, without those of the positions that are
  /// left out.
  private func states(of tokens: [Int]) throws -> [Int: [Float]] {
    var taken: [Int: [Float]] = [:]
    runner.release(0)
    var rest = tokens[...]
    while !rest.isEmpty {
      let piece = rest.prefix(WholeModelBatch.largestBatch)
      rest = rest.dropFirst(piece.count)
      try runner.run([SequencePiece(slot: 0, tokens: piece)]) { depth, states in
        guard settings.depths.contains(depth) else { return }
        taken[depth, default: []] += states
      }
    }
    done += tokens.count
    progress(done, (attacker.count + judged.count) * settings.windowLength)
    return taken.mapValues { Array($0.dropFirst(attacker.skipped * width)) }
  }
}
