import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// Everything that was run on some prompts, as a tree for each prompt. The trees grow as the answers of further
/// policies are asked for.
package final class Recording {
  package struct Prompt {
    let tokens: [Int]
    let text: String
    let references: [String]
    let digest: ContentDigest

    package init(tokens: [Int], text: String, references: [String], digest: ContentDigest) {
      self.tokens = tokens
      self.text = text
      self.references = references
      self.digest = digest
    }
  }

  let prompts: [Prompt]
  let limits: Walk.Limits
  private var trees: [TextTree]
  /// The index of each prompt's tree. Prompts that were cut to the same tokens share one.
  private let treeIndices: [Int]
  private let decoder: PairDecoder
  private let store: RecordingStore?
  /// Called with the number of prompts done and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  /// - Parameter store: the file of earlier recordings, which is appended to; nil keeps recordings in memory.
  package init(
    _ prompts: [Prompt], exitCount: Int, hasFeedback: Bool = false, limits: Walk.Limits,
    decoder: PairDecoder,
    store: RecordingStore?
  ) throws {
    self.prompts = prompts
    self.limits = limits
    self.decoder = decoder
    self.store = store
    var known: [[Int]: Int] = [:]
    var trees: [TextTree] = []
    treeIndices = prompts.map { prompt in
      if let index = known[prompt.tokens] { return index }
      known[prompt.tokens] = trees.count
      trees.append(
        store?.tree(of: prompt.tokens) ?? TextTree(exitCount: exitCount, hasFeedback: hasFeedback))
      return trees.count - 1
    }
    self.trees = trees
  }

  package func tree(of prompt: Int) -> TextTree { trees[treeIndices[prompt]] }

  /// The answers of a policy to these prompts. What no policy asked for before runs now, many prompts in a
  /// batch.
  package func walks(_ policy: SignalPolicy, of indices: some Sequence<Int>) throws -> [Walk] {
    let indices = Array(indices)
    var missing: [(prompt: Int, walk: Walk)] = []
    var asked: Set<Int> = []
    for prompt in indices where asked.insert(treeIndices[prompt]).inserted {
      let walk = Walk(policy, through: tree(of: prompt), limits)
      if !walk.isComplete { missing.append((prompt, walk)) }
    }
    if !missing.isEmpty { try record(policy, missing, total: indices.count) }
    return indices.map { Walk(policy, through: tree(of: $0), limits) }
  }

  /// How far the answer to a prompt has come.
  private struct Place {
    let prompt: Int
    /// The node of the text so far, and the next token, which has no node yet; nil for the prompt.
    var last: (parent: TextTree.Node, token: Int)?
    /// Whether the cloud was asked for that token.
    var isAsked: Bool
    var count: Int
    let firstNew: Int
  }

  private func record(
    _ policy: SignalPolicy, _ missing: [(prompt: Int, walk: Walk)], total: Int
  ) throws {
    var places = missing.map { prompt, walk in
      Place(
        prompt: prompt, last: walk.steps.last.map { ($0.node, $0.token) },
        isAsked: walk.steps.last?.isAsked ?? false, count: walk.steps.count,
        firstNew: tree(of: prompt).count)
    }
    var done = total - missing.count
    let texts = missing.map { prompts[$0.prompt].tokens + $0.walk.tokens }
    let returned = missing.map { returnedPositions($0.prompt, $0.walk) }
    try decoder.run(texts, returned: returned) { text, answers in
      let next = append(answers, to: &places[text], policy)
      guard next == nil else { return next }
      let location = places[text]
      try store?.append(
        tree(of: location.prompt), from: location.firstNew, prompt: prompts[location.prompt].tokens)
      done += 1
      progress(done, total)
      return nil
    }
  }

  /// The number of positions that have come back from the cloud behind an answer that has come so far.
  private func returnedPositions(_ prompt: Int, _ walk: Walk) -> Int {
    let (tree, length) = (tree(of: prompt), prompts[prompt].tokens.count)
    guard tree.hasFeedback, let last = walk.steps.last else { return 0 }
    return last.isAsked
      ? length + walk.steps.count - 1 : tree.returnedPositions(at: last.node, prompt: length)
  }

  /// - Returns: the policy's token, or nil where the answer ends with it.
  private func append(
    _ answers: PositionAnswers, to location: inout Place, _ policy: SignalPolicy
  ) -> PairDecoder.Step? {
    let node = trees[treeIndices[location.prompt]].append(
      at: location.last, asked: location.isAsked, answers.exits, truth: answers.token,
      probability: answers.maxProbability)
    let step = Walk.step(policy, tree(of: location.prompt), node)
    location.count += 1
    location.last = (node, step.token)
    location.isAsked = step.isAsked
    return limits.end(after: step.token, count: location.count)
      ? nil : PairDecoder.Step(token: step.token, isAsked: step.isAsked)
  }
}
