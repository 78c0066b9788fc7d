extension CloudContextManager {
  /// Positions of one session in a pass that others wait for: a long prompt is read in pieces.
  static var chunk: Int { 32 }

  /// Runs passes while somebody asks.
  func pump() {
    guard !isRunning, !asking.isEmpty || !dropping.isEmpty else { return }
    isRunning = true
    Task {
      while true {
        let pass = self.plan()
        if pass.items.isEmpty, pass.dropping.isEmpty { break }
        let start = ContinuousClock.now
        let outcomes = await self.engine.run(pass)
        self.note(pass, start.duration(to: .now))
        for outcome in outcomes { self.finish(outcome) }
        self.admit()
      }
      self.isRunning = false
    }
  }

  /// Those that can be answered with one piece go first, in their turns; a quarter of the pass is kept for one
  /// that cannot, so that neither waits for ever.
  private func plan() -> CloudPass {
    var pass = CloudPass(dropping: dropping)
    dropping = []
    let long = asking.filter { pendingCount($0) > Self.chunk }
    let short = asking.filter { pendingCount($0) <= Self.chunk }
    var room = Workspace.largestBatch - (long.isEmpty ? 0 : Self.chunk)
    var rest: [UInt64] = []
    for id in short {
      guard pendingCount(id) <= room else {
        rest.append(id)
        continue
      }
      room -= pendingCount(id)
      pass.items.append(item(id, count: pendingCount(id)))
    }
    room += long.isEmpty ? 0 : Self.chunk
    var later: [UInt64] = []
    for id in long {
      // Alone it need not be read in pieces.
      let most = asking.count == 1 ? Workspace.largestBatch : Self.chunk
      let count = min(pendingCount(id), most, room)
      guard count > 0 else {
        rest.append(id)
        continue
      }
      room -= count
      pass.items.append(item(id, count: count))
      if pendingCount(id) > 0 { later.append(id) }
    }
    // Who had a piece stands behind who had none.
    asking = rest + later
    for item in pass.items { sessions[item.session]?.isInPass = true }
    return pass
  }

  private func pendingCount(_ id: UInt64) -> Int {
    (sessions[id]?.pending.count ?? 0) / hiddenSize
  }

  private func item(_ id: UInt64, count: Int) -> CloudPass.Item {
    guard let session = sessions[id], let question = session.question else {
      preconditionFailure("only who asks is in a pass")
    }
    if !question.hasStarted {
      sessions[id]?.question?.hasStarted = true
      meter.note { $0.queueSeconds += question.since.duration(to: .now) / .seconds(1) }
    }
    let isLast = count == pendingCount(id)
    let states = Array(session.pending.prefix(count * hiddenSize))
    sessions[id]?.pending.removeFirst(states.count)
    sessions[id]?.ran += count
    return CloudPass.Item(
      session: id, cache: session.cache, position: session.ran, states: states,
      rows: session.rows, needed: question.ask.drafts.count + 1,
      ask: isLast ? question.ask : nil)
  }

  private func note(_ pass: CloudPass, _ time: Duration) {
    guard !pass.items.isEmpty else { return }
    let positions = pass.items.reduce(0) { $0 + $1.states.count } / hiddenSize
    meter.note {
      $0.passes += 1
      $0.positions += positions
      $0.passSessions += pass.items.count
      $0.busySeconds += time / .seconds(1)
    }
  }

  private func finish(_ outcome: CloudPass.Outcome) {
    let id = outcome.session
    // It may have gone, or have lost its states, while it ran.
    guard sessions[id]?.cache == outcome.cache else { return }
    sessions[id]?.isInPass = false
    sessions[id]?.rows = outcome.rows
    if sessions[id]?.pending.isEmpty == true { sessions[id]?.pending = [] }
    switch outcome.answer {
    case nil: break
    case .failure(let error): return refuse(id, error)
    case .success(let answer):
      sessions[id]?.question = nil
      sessions[id]?.promised = 0
      sessions[id]?.reply(.answer(answer))
      takeWaiting(id)
    }
    recharge(id)
  }
}
