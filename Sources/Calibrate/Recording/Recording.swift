import CleaveEvaluate
import CleaveModel
import CleaveRuntime

/// The trees of some prompts, which grow as policies are asked of them.
final class Recording {
  struct Prompt {
    let tokens: [Int]
    let text: String
    let references: [String]
    let digest: ContentDigest
  }

  let prompts: [Prompt]
  let limits: Walk.Limits
  private(set) var trees: [TextTree]
  private let decoder: PairDecoder
  private let store: RecordingStore?
  private let exitCount: Int
  /// Called with the prompts done and in all.
  var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  /// - Parameter store: what was recorded before, and takes what is recorded now.
  init(
    _ prompts: [Prompt], exitCount: Int, limits: Walk.Limits, decoder: PairDecoder,
    store: RecordingStore?
  ) throws {
    self.prompts = prompts
    self.limits = limits
    self.decoder = decoder
    self.store = store
    self.exitCount = exitCount
    trees = prompts.map { prompt in
      store?.tree(of: prompt.tokens) ?? TextTree(exitCount: exitCount)
    }
  }

  /// The texts that a policy writes after these prompts. What no policy came by before runs now, many
  /// prompts side by side.
  func walks(_ policy: Policy, of indices: some Sequence<Int>) throws -> [Walk] {
    let indices = Array(indices)
    var missing: [(prompt: Int, walk: Walk)] = []
    for prompt in indices {
      let walk = Walk(policy, through: trees[prompt], limits)
      if !walk.isComplete { missing.append((prompt, walk)) }
    }
    if !missing.isEmpty { try record(policy, missing, total: indices.count) }
    return indices.map { Walk(policy, through: trees[$0], limits) }
  }

  /// Where a text under way stands.
  private struct Place {
    let prompt: Int
    /// The text so far, and the token appended to it, which has no node; nil for the prompt.
    var last: (parent: TextTree.Node, token: Int)?
    var count: Int
    let firstNew: Int
  }

  private func record(
    _ policy: Policy, _ missing: [(prompt: Int, walk: Walk)], total: Int
  ) throws {
    var places = missing.map { prompt, walk in
      Place(
        prompt: prompt, last: walk.steps.last.map { ($0.node, $0.token) },
        count: walk.steps.count, firstNew: trees[prompt].count)
    }
    var done = total - missing.count
    let texts = missing.map { prompts[$0.prompt].tokens + $0.walk.tokens }
    try decoder.run(texts) { text, answers in
      let next = append(answers, to: &places[text], policy)
      guard next == nil else { return next }
      let place = places[text]
      try store?.append(
        trees[place.prompt], from: place.firstNew, prompt: prompts[place.prompt].tokens)
      done += 1
      progress(done, total)
      return nil
    }
  }

  /// - Returns: the policy's token, or nil where the text ends with it.
  private func append(_ answers: PlaceAnswers, to place: inout Place, _ policy: Policy) -> Int? {
    let node = trees[place.prompt].append(
      at: place.last, answers.exits, truth: answers.token, probability: answers.maxProbability)
    let token = Walk.step(policy, trees[place.prompt], node).token
    place.count += 1
    place.last = (node, token)
    return limits.end(after: token, count: place.count) ? nil : token
  }
}
