import CleaveKernels
import CleaveModel

/// Runs passes, one after another, and keeps the KV caches of the sessions. What comes out for a session has
/// the bits that it would have alone: neither who else is in a pass nor where a run of positions is cut
/// changes them.
actor CloudEngine {
  private let model: CloudModel
  private let engine: Engine<GrowingKVCache>
  /// The slot of each session's KV cache, by the cache's number, and the slots that nobody has.
  private var slots: [UInt64: Int] = [:]
  private var free: [Int] = []
  private var workspace: Workspace
  private var logits = BatchLogits()

  /// - Parameter mayTake: asked before KV caches take memory.
  init(
    _ model: CloudModel, numerics: Numerics, pool: ThreadPool, mayTake: @escaping MemoryGate
  ) {
    self.model = model
    let shape = KVCacheShape(
      model.manifest.configuration, numerics, blockCount: model.stack.range.count)
    engine = Engine(
      model.stack, cache: GrowingKVCache(shape, slots: 0, mayTake: mayTake), slots: 0)
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
  }

  private var configuration: ModelConfiguration { model.manifest.configuration }

  /// A session whose KV cache finds no memory has an error for an answer; the others' go on.
  func run(_ pass: CloudPass) -> [CloudPass.Outcome] {
    for key in pass.dropping { drop(key) }
    let errors = pass.items.map(append)
    engine.run(&workspace)
    let rows = rows(pass.items, errors)
    let answers = answer(pass.items, rows, errors)
    return pass.items.indices.map {
      let item = pass.items[$0]
      return CloudPass.Outcome(
        session: item.session, cache: item.cache, count: count(item), rows: rows[$0],
        answer: answers[$0])
    }
  }

  private func count(_ item: CloudPass.Item) -> Int { item.states.count / configuration.hiddenSize }

  // MARK: - KV caches

  private func slot(of key: UInt64) -> Int {
    if let slot = slots[key] { return slot }
    let slot = free.popLast() ?? addSlot()
    slots[key] = slot
    return slot
  }

  private func addSlot() -> Int {
    engine.addSlot()
    return engine.cache.addSlot()
  }

  private func drop(_ key: UInt64) {
    guard let slot = slots.removeValue(forKey: key) else { return }
    engine.release(slot)
    free.append(slot)
  }

  // MARK: - Blocks

  /// Appends an item's states to what runs next.
  ///
  /// - Returns: why it cannot run, or nil.
  private func append(_ item: CloudPass.Item) -> MessageError? {
    guard !item.states.isEmpty else { return nil }
    let slot = slot(of: item.cache)
    engine.truncate(to: item.position, slot: slot)
    precondition(engine.positions(slot) == item.position, "positions without a KV cache")
    do {
      try engine.append(item.states, slot: slot)
      return nil
    } catch {
      return MessageError(
        "this cloud has no memory for the KV cache of \(item.position + count(item)) positions",
        code: .unavailable)
    }
  }

  /// - Returns: for each item its last rows: `[<= needed, hidden]`.
  private func rows(_ items: [CloudPass.Item], _ errors: [MessageError?]) -> [[Float]] {
    var done = 0
    return zip(items, errors).map { item, error in
      guard error == nil else { return [] }
      defer { done += item.states.count }
      let rows = item.rows + engine.states[done..<(done + item.states.count)]
      return Array(rows.suffix(item.needed * configuration.hiddenSize))
    }
  }

  // MARK: - Answers

  private typealias Answered = Result<Message.CloudAnswer, MessageError>

  /// Answers those that have come to their questions, with few products for all of them.
  private func answer(
    _ items: [CloudPass.Item], _ rows: [[Float]], _ errors: [MessageError?]
  ) -> [Answered?] {
    var asked: [(ask: Message.Ask, row: Int)] = []
    var matrix: [Float] = []
    for (index, item) in items.enumerated() where errors[index] == nil {
      guard let ask = item.ask else { continue }
      for row in 0..<item.needed { asked.append((ask, row)) }
      matrix += rows[index]
    }
    var choices = choose(asked, matrix)[...]
    return zip(items, errors).map { item, error in
      if let error { return .failure(error) }
      guard let ask = item.ask else { return nil }
      defer { choices = choices.dropFirst(item.needed) }
      return Self.firstDifference(ask, choices.prefix(item.needed))
    }
  }

  /// The whole model's token at each of the rows' next positions.
  private func choose(_ asked: [(ask: Message.Ask, row: Int)], _ rows: [Float]) -> [Answered] {
    let (hidden, size) = (configuration.hiddenSize, configuration.vocabularySize)
    var choices: [Answered] = []
    for first in stride(from: 0, to: asked.count, by: BatchLogits.largest) {
      let group = asked[first..<min(first + BatchLogits.largest, asked.count)]
      logits.compute(
        Array(rows[(first * hidden)..<(group.endIndex * hidden)]), count: group.count,
        norm: model.finalNorm, model.unembedding, &workspace)
      var (ids, values) = (
        [UInt32](repeating: 0, count: group.count), [Float](repeating: 0, count: group.count)
      )
      var summaries = [ck_logits_summary](repeating: .init(), count: group.count)
      ck_top_logits(
        workspace.pool.handle, logits.values, size, group.count, 1, &ids, &values, &summaries)
      for (row, (ask, location)) in group.enumerated() {
        choices.append(
          choose(
            ask, position: Int(ask.position) - ask.drafts.count + location, summaries[row],
            (row * size)..<((row + 1) * size)))
      }
    }
    return choices
  }

  private func choose(
    _ ask: Message.Ask, position: Int, _ summary: ck_logits_summary, _ range: Range<Int>
  ) -> Answered {
    do {
      let summary = try LogitsSummary(summary)
      let token =
        ask.sampling.temperature > 0
        ? ask.sampling.choose(
          from: Array(logits.values[range]), summary, position: position) : summary.token
      return .success(
        .init(
          position: UInt32(position), token: UInt32(token),
          maxProbability: summary.maxProbability, margin: summary.margin))
    } catch {
      return .failure(MessageError("\(error)", code: .noAnswer))
    }
  }

  /// The first choice that is another than what was drafted there, or the last.
  private static func firstDifference(
    _ ask: Message.Ask, _ choices: ArraySlice<Answered>
  ) -> Answered {
    for (draft, choice) in zip(ask.drafts, choices) {
      if case .success(let answer) = choice, answer.token == draft { continue }
      return choice
    }
    guard let last = choices.last else { preconditionFailure("a row for each draft, and one more") }
    return last
  }
}
