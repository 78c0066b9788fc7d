import CleaveRuntime

/// A policy's way through a tree: the text it writes after the prompt, token by token.
package struct Walk {
  package struct Step {
    package let node: TextTree.Node
    package let token: Int
    /// Who gave it; nil for the cloud.
    package let exit: Int?
    /// The signal's for an exit, the largest probability for the cloud.
    package let confidence: Float
    /// What the whole model would have said there.
    package let truth: Int
  }

  /// When an answer ends.
  package struct Limits: Equatable {
    package let maxTokens: Int
    package let stopTokens: Set<Int>

    package init(maxTokens: Int, stopTokens: Set<Int>) {
      self.maxTokens = maxTokens
      self.stopTokens = stopTokens
    }

    /// - Parameter count: tokens, this one included.
    func end(after token: Int, count: Int) -> Bool {
      count >= maxTokens || stopTokens.contains(token)
    }
  }

  package private(set) var steps: [Step] = []
  /// Whether the text has come to its end; else the tree has no node for it.
  package private(set) var isComplete = false

  package init(_ policy: Policy, through tree: TextTree, _ limits: Limits) {
    guard tree.count > 0 else { return }
    var node = 0
    while true {
      let step = Self.step(policy, tree, node)
      steps.append(step)
      if limits.end(after: step.token, count: steps.count) {
        isComplete = true
        return
      }
      guard let child = tree.child(of: node, step.token) else { return }
      node = child
    }
  }

  /// What the policy says at a node.
  static func step(_ policy: Policy, _ tree: TextTree, _ node: TextTree.Node) -> Step {
    func confidence(_ exit: Int) -> Float {
      tree.answer(of: exit, at: node).confidence(policy.signal)
    }
    let truth = tree.truth(at: node)
    guard let exit = policy.exit(confidence) else {
      return Step(
        node: node, token: truth, exit: nil, confidence: tree.truthProbabilities[node],
        truth: truth)
    }
    return Step(
      node: node, token: tree.answer(of: exit, at: node).token, exit: exit,
      confidence: confidence(exit), truth: truth)
  }

  package var tokens: [Int] { steps.map(\.token) }
  package var truths: [Int] { steps.map(\.truth) }
}
