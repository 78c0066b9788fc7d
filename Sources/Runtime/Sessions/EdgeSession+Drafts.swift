/// Speculative decoding with the exits as the drafter (Leviathan et al., arXiv 2211.17192): exits draft while
/// they are sure, the cloud runs its blocks over all the drafts in one batch and says the first token that the
/// whole model would not have. Exit, cloud and whole model draw with the same random number at a position, so
/// a draft is right when it is the very token that the whole model draws: the text is the whole model's,
/// greedy or sampled.
extension EdgeSession {
  /// The answer at the present position; those of the drafts that were right are known with it.
  func draft() async throws -> Answer {
    guard let cloud else { preconditionFailure("drafts are for a cloud to look through") }
    let start = positions
    known.removeAll(keepingCapacity: true)
    var drafts: [Answer] = []
    while drafts.count < longestDraft, positions < contextLength,
      let draft = try answerAtExits()
    {
      drafts.append(draft)
      try await append([draft.token])
    }
    let tokens = drafts.map(\.token)
    let (answer, place) = try await cloud.ask(
      position: positions, sampling: sampling, drafts: tokens)
    let right = place - start
    ahead = Array(tokens.prefix(right))
    for (index, draft) in drafts.prefix(right).enumerated() { known[start + index] = draft }
    known[place] = answer
    truncate(to: place)
    drafted += drafts.count
    draftsRight += right
    return known[start] ?? answer
  }

  /// The caller goes another way than the drafts.
  func forgetDrafts() async {
    known.removeAll(keepingCapacity: true)
    guard !ahead.isEmpty else { return }
    let place = positions - ahead.count
    ahead = []
    truncate(to: place)
    await cloud?.rewind(to: place)
  }

  private func truncate(to positions: Int) {
    for index in segments.indices { segments[index].truncate(to: positions) }
  }
}
