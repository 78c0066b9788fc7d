import CleaveKernels
import CleaveModel

/// Runs passes, one after another, and keeps the KV caches of the sessions. What comes out for a session has
/// the bits that it would have alone: neither who else is in a pass nor where a run of positions is cut
/// changes them.
actor CloudEngine {
  private let model: CloudModel
  private var caches: [UInt64: SessionCache] = [:]
  private var workspace: Workspace
  private var logits = BatchLogits()

  init(_ model: CloudModel, numerics: Numerics, pool: ThreadPool) {
    self.model = model
    workspace = Workspace(model.manifest.configuration, numerics: numerics, pool: pool)
  }

  private var configuration: ModelConfiguration { model.manifest.configuration }

  func run(_ pass: CloudPass) -> [CloudPass.Outcome] {
    for key in pass.dropping { caches[key] = nil }
    let rows = forward(pass.items)
    let answers = answer(pass.items, rows)
    return pass.items.indices.map {
      let item = pass.items[$0]
      return CloudPass.Outcome(
        session: item.session, cache: item.cache, count: count(item), rows: rows[$0],
        answer: answers[$0])
    }
  }

  private func count(_ item: CloudPass.Item) -> Int { item.states.count / configuration.hiddenSize }

  /// - Returns: for each item its last rows: `[<= needed, hidden]`.
  private func forward(_ items: [CloudPass.Item]) -> [[Float]] {
    let running = items.filter { !$0.states.isEmpty }
    var spans: [BatchSpan] = []
    var states: [Float] = []
    for (slot, item) in running.enumerated() {
      let first = states.count / configuration.hiddenSize
      spans.append(
        BatchSpan(slot: slot, position: item.position, column: first, count: count(item)))
      states += item.states
    }
    let used = SessionCaches(
      caches: running.map { cache($0.cache, covering: $0.position + count($0)) })
    if !running.isEmpty {
      model.stack.forward(&states, spans: spans, cache: used, workspace: &workspace) { _, _ in }
    }
    var done = 0
    return items.map { item in
      defer { done += item.states.count }
      let rows = item.rows + states[done..<(done + item.states.count)]
      return Array(rows.suffix(item.needed * configuration.hiddenSize))
    }
  }

  private func cache(_ key: UInt64, covering positions: Int) -> SessionCache {
    let cache =
      caches[key]
      ?? SessionCache(
        configuration, workspace.numerics, blockCount: model.stack.range.count)
    caches[key] = cache
    cache.cover(positions)
    return cache
  }

  private typealias Answered = Result<Message.CloudAnswer, MessageError>

  /// Answers those that have come to their questions, with few products for all of them.
  private func answer(_ items: [CloudPass.Item], _ rows: [[Float]]) -> [Answered?] {
    var asked: [(ask: Message.Ask, row: Int)] = []
    var matrix: [Float] = []
    for (item, rows) in zip(items, rows) {
      guard let ask = item.ask else { continue }
      for row in 0..<item.needed { asked.append((ask, row)) }
      matrix += rows
    }
    var choices = choose(asked, matrix)[...]
    return items.map { item in
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
