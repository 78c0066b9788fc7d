import CleaveModel
import CleaveStorage

/// Runs passes one after another and holds the KV caches of the sessions. The results of a session have the
/// bits that it would get alone: neither the other sessions in a pass nor where its positions are cut changes
/// them.
actor CloudEngine {
  private let executor = PassExecutor()
  private let model: CloudModel
  private let engine: Engine<GrowingKVCache>
  /// The slot of each session's KV cache, by the cache's number, and the slots that nobody has.
  private var slots: [UInt64: Int] = [:]
  private var free: [Int] = []
  private var workspace: Workspace
  private var reader: LogitsReader
  private let meter: CloudMeter

  /// - Parameters:
  ///   - meter: takes the times of the passes' parts.
  ///   - mayTake: asked before KV caches take memory.
  init(
    _ model: CloudModel, numerics: Numerics, pool: ThreadPool, meter: CloudMeter,
    mayTake: @escaping MemoryGate
  ) {
    self.model = model
    self.meter = meter
    let shape = KVCacheShape(
      model.manifest.configuration, numerics, kinds: model.stack.kinds,
      reach: StateMemory.standardReach)
    engine = Engine(
      model.stack, cache: GrowingKVCache(shape, slots: 0, mayTake: mayTake), slots: 0)
    let configuration = model.manifest.configuration
    workspace = Workspace(configuration, numerics: numerics, pool: pool)
    workspace.clock = PartClock()
    reader = LogitsReader(hiddenSize: configuration.hiddenSize, numerics: numerics, pool: pool)
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private var configuration: ModelConfiguration { model.manifest.configuration }

  /// A session whose KV cache finds no memory has an error for an answer; the others' go on.
  func run(_ pass: CloudPass) -> [CloudPass.Outcome] {
    workspace.clock?.begin()
    for key in pass.dropping { drop(key) }
    let errors = pass.items.map(append)
    let returned = runBlocks(pass.items, errors)
    let rows = rows(pass.items, errors)
    let answers = answer(pass.items, rows, errors)
    noteTimes()
    return pass.items.indices.map {
      let item = pass.items[$0]
      return CloudPass.Outcome(
        session: item.session, cache: item.cache, count: count(item), rows: rows[$0],
        returned: returned[$0], answer: answers[$0])
    }
  }

  private func noteTimes() {
    guard let clock = workspace.clock else { return }
    meter.note { $0.partSeconds = PassPart.allCases.map { clock.time($0) / .seconds(1) } }
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
    guard engine.reaches(item.position, slot: slot) else {
      return MessageError("a rewind to \(item.position), which is not kept", code: .unavailable)
    }
    engine.truncate(to: item.position, slot: slot)
    precondition(engine.positions(slot) == item.position, "positions without a KV cache")
    do {
      // States that come back from behind the last block are those of all positions.
      let isTapped = item.returning?.depth == configuration.blockCount
      try engine.append(item.states, slot: slot, wanted: isTapped ? nil : item.wanted)
      return nil
    } catch {
      return MessageError(
        "this cloud has no memory for the KV cache of \(item.position + count(item)) positions",
        code: .unavailable)
    }
  }

  /// Runs what was appended.
  ///
  /// - Returns: for each item the states that are to be sent back, packed.
  private func runBlocks(
    _ items: [CloudPass.Item], _ errors: [MessageError?]
  ) -> [[UInt8]] {
    var returned = items.map { _ in [UInt8]() }
    // The engine shows the states of one batch at a time.
    precondition(engine.pending.count <= Workspace.largestBatch * configuration.hiddenSize)
    var packing = Duration.zero
    engine.run(&workspace) { block, states in
      var done = 0
      for (index, item) in items.enumerated() where errors[index] == nil {
        defer { done += item.states.count }
        guard let tap = item.returning, tap.depth == block + 1 else { continue }
        let start = PartClock.now
        returned[index] = tap.codec.encode(Array(states[done..<done + item.states.count]))
        packing += PartClock.now - start
      }
    }
    workspace.clock?.move(packing, from: .vectors, to: .packing)
    return returned
  }

  /// - Returns: for each item its last rows: `[<= needed, hidden]`.
  private func rows(_ items: [CloudPass.Item], _ errors: [MessageError?]) -> [[Float]] {
    var done = 0
    return zip(items, errors).map { item, error in
      guard error == nil else { return [] }
      defer { done += item.states.count }
      let wanted = engine.states[done..<(done + item.states.count)]
        .suffix(item.wanted * configuration.hiddenSize)
      // Rows before one that was not wanted are of no use.
      let rows = item.wanted < count(item) ? Array(wanted) : item.rows + wanted
      return Array(rows.suffix(item.needed * configuration.hiddenSize))
    }
  }

  // MARK: - Answers

  private typealias Answered = Result<Message.CloudAnswer, MessageError>

  /// Answers the asks that the pass has come to, with few products for all of them: the whole model's token
  /// at each draft's position and at the one after them, up to the first that differs.
  private func answer(
    _ items: [CloudPass.Item], _ rows: [[Float]], _ errors: [MessageError?]
  ) -> [Answered?] {
    var requests: [TokenRequest] = []
    var asked: [Float] = []  // [requests, hidden]
    for (index, item) in items.enumerated() where errors[index] == nil {
      guard let ask = item.ask else { continue }
      let first = Int(ask.position) - ask.drafts.count
      requests += (0..<item.needed).map {
        TokenRequest(sampling: ask.sampling, position: first + $0)
      }
      asked += rows[index]
    }
    workspace.clock?.end(.vectors)
    meter.note { $0.headRows += requests.count }
    let choices = reader.choose(requests, after: asked, model.head)
    workspace.clock?.end(.head)
    var answers = zip(requests, choices).map { Self.answer($0, $1) }[...]
    return zip(items, errors).map { item, error in
      if let error { return .failure(error) }
      guard let ask = item.ask else { return nil }
      defer { answers = answers.dropFirst(item.needed) }
      return Self.firstDifference(ask, answers.prefix(item.needed))
    }
  }

  private static func answer(
    _ request: TokenRequest, _ choice: Result<TokenChoice, InputError>
  ) -> Answered {
    choice.map {
      Message.CloudAnswer(
        position: UInt32(request.position), token: UInt32($0.token),
        maxProbability: $0.summary.maxProbability, margin: $0.summary.margin)
    }.mapError { MessageError("\($0)", code: .noAnswer) }
  }

  /// The first choice that differs from the draft at its position, or the last.
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
