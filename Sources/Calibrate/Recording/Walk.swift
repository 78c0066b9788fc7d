import CleaveRuntime

/// The answer of a policy to a prompt, as a path through the prompt's `TextTree`, token by token.
package struct Walk {
  package struct Step {
    package let node: TextTree.Node
    package let token: Int
    /// The exit that gave the token; nil for the cloud.
    package let exit: Int?
    /// The confidence by the policy's signal for an exit, the largest probability for the cloud.
    package let confidence: Float
    /// The whole model's token at this position.
    package let truth: Int
    /// Whether the cloud was asked for the token and its states come back.
    package let isAsked: Bool
  }

  /// The conditions under which an answer ends.
  package struct Limits: Equatable {
    package let maxTokens: Int
    package let stopTokens: Set<Int>

    package init(maxTokens: Int, stopTokens: Set<Int>) {
      self.maxTokens = maxTokens
      self.stopTokens = stopTokens
    }

    /// - Parameter count: the number of tokens, this one included.
    func end(after token: Int, count: Int) -> Bool {
      count >= maxTokens || stopTokens.contains(token)
    }
  }

  package private(set) var steps: [Step] = []
  /// Whether the answer ends within the tree. Otherwise the tree has no node for what follows.
  package private(set) var isComplete = false

  package init(_ policy: SignalPolicy, through tree: TextTree, _ limits: Limits) {
    guard tree.count > 0 else { return }
    var node = 0
    while true {
      let step = Self.step(policy, tree, node)
      steps.append(step)
      if limits.end(after: step.token, count: steps.count) {
        isComplete = true
        return
      }
      guard let child = tree.child(of: node, step.token, asked: step.isAsked) else { return }
      node = child
    }
  }

  /// The token of the policy at a node.
  static func step(_ policy: SignalPolicy, _ tree: TextTree, _ node: TextTree.Node) -> Step {
    func confidence(_ exit: Int) -> Float {
      tree.answer(of: exit, at: node).confidence(policy.signal)
    }
    let truth = tree.truth(at: node)
    guard let exit = policy.exitPolicy.firstSure(confidence) else {
      return Step(
        node: node, token: truth, exit: nil, confidence: tree.truthProbabilities[node],
        truth: truth, isAsked: policy.returnsStates)
    }
    return Step(
      node: node, token: tree.answer(of: exit, at: node).token, exit: exit,
      confidence: confidence(exit), truth: truth, isAsked: false)
  }

  package var tokens: [Int] { steps.map(\.token) }
  package var truths: [Int] { steps.map(\.truth) }
}
