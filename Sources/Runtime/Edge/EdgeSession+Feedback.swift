/// What comes back from the cloud. Exits read it from the position after the one that was asked about, whenever the
/// answer came, so that their answers depend on the text and the places of asking alone (specs/exits.md, "Feedback").
extension EdgeSession {
  /// Whether what was decided while a request was pending is decided again when it is answered. Drafts are not: they
  /// are verified.
  var decidesAgain: Bool { effect != nil && !options.isLossless }

  /// The states that came back before an answered position take effect. What exits have decided after it is decided
  /// again; what stood on another decision is dropped.
  func takeEffect(at position: Int, _ cloud: CloudClient) async throws {
    guard let before = effect?.rows, position > before, let tail = model.feedbackStack,
      let kept = effect?.note(asked: position, start: ahead.start)
    else { return }
    let states = await cloud.returnedRows(before..<position, keepingFrom: kept)
    for stack in model.feedbackStacks { engines[stack].truncate(to: before) }
    try engines[tail].append(states)
    guard positions > position else { return }
    for stack in engines.indices.dropFirst() { engines[stack].truncate(to: position) }
    if decidesAgain {
      try await decideAgain(after: position, cloud)
    } else {
      try feedAgain(position..<positions)
    }
  }

  private func decideAgain(after position: Int, _ cloud: CloudClient) async throws {
    var fed = position
    for decided in ahead.removeDecided(after: position) {
      let next = ahead.end
      try feedAgain(fed..<next)
      fed = next
      let (best, isSure) = try askExits(again: next)
      if isSure { ahead.append(final: best) }
      guard isSure, best?.token == decided.token else {
        return try await rollBack(to: next, cloud)
      }
    }
    try feedAgain(fed..<positions)
  }

  /// Gives what the first stack made of some positions to the stacks that read it once more.
  private func feedAgain(_ range: Range<Int>) throws {
    guard !range.isEmpty, let states = effect?.own(range) else { return }
    for reader in model.stacks[0].readers where needed[reader] {
      try append(states, to: reader)
    }
  }

  /// The text changes from this position on, and with it what has taken effect: the tail goes back to the edge's own
  /// states where it must.
  func rollBackEffect(to position: Int) throws {
    guard let before = effect?.rows else { return }
    effect?.rollBack(to: position)
    guard let rows = effect?.rows, rows < before else { return }
    for stack in engines.indices.dropFirst() { engines[stack].truncate(to: rows) }
    try feedAgain(rows..<position)
  }
}
