import CleaveRuntime

/// All answers that policies gave to one prompt, as a tree of texts. Each node holds the next token of every exit
/// and of the whole model.
///
/// These tokens depend on the text alone, to the bit, whichever exits answered before: the runtime guarantees it.
/// So a text that ran for one policy need not run again for another. Where an exit has feedback, its tokens depend on
/// the text and on the last place where the cloud was asked, so a node has two children for one token: one where the
/// cloud was asked for it, and one where an exit gave it.
package struct TextTree {
  /// The index of a text: the prompt, 0, with the tokens on the path to the node.
  package typealias Node = Int

  package let exitCount: Int
  /// Whether an exit reads what came back from the cloud.
  package let hasFeedback: Bool
  /// The parent of each node; -1 for the prompt.
  package private(set) var parents: [Int32] = []
  /// The token that each node appends to its parent; -1 for the prompt.
  package private(set) var tokens: [Int32] = []
  /// Whether the cloud was asked for the token of each node; false throughout without feedback.
  package private(set) var asked: [Bool] = []
  /// For each node the number of tokens that its text has after the prompt.
  private var lengths: [Int32] = []
  /// For each node the number of those tokens that stood when the cloud was last asked; -1 where it was not.
  private var returned: [Int32] = []
  /// The whole model's next token at each node.
  package private(set) var truths: [Int32] = []
  /// The probability of the whole model's token.
  package private(set) var truthProbabilities: [Float] = []
  /// The answers of the exits, `[nodes, exits]`.
  package private(set) var answers: [ExitAnswer] = []
  private var children: [Int64: Int32] = [:]

  package init(exitCount: Int, hasFeedback: Bool = false) {
    self.exitCount = exitCount
    self.hasFeedback = hasFeedback
  }

  package var count: Int { parents.count }

  /// - Parameter asked: whether the cloud was asked for the token; it matters with feedback alone.
  package func child(of node: Node, _ token: Int, asked: Bool = false) -> Node? {
    children[key(node, token, asked)].map(Int.init)
  }

  /// The number of positions that have come back from the cloud when a node's exits answer: those before the token
  /// that it was last asked for.
  ///
  /// - Parameter prompt: the number of tokens of the prompt.
  package func returnedPositions(at node: Node, prompt: Int) -> Int {
    hasFeedback && returned[node] >= 0 ? prompt + Int(returned[node]) : 0
  }

  package func answer(of exit: Int, at node: Node) -> ExitAnswer {
    answers[node * exitCount + exit]
  }

  package func truth(at node: Node) -> Int { Int(truths[node]) }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - location: the parent, and a token that it has no child for; nil for the prompt, the first node.
  ///   - asked: whether the cloud was asked for the token; it is kept with feedback alone.
  @discardableResult
  package mutating func append(
    at location: (parent: Node, token: Int)?, asked: Bool = false, _ exits: [ExitAnswer],
    truth: Int, probability: Float
  ) -> Node {
    precondition(exits.count == exitCount && (location == nil) == parents.isEmpty)
    let node = count
    if let location {
      precondition(
        location.parent < node && child(of: location.parent, location.token, asked: asked) == nil)
      children[key(location.parent, location.token, asked)] = Int32(node)
    }
    self.asked.append(hasFeedback && asked)
    lengths.append(location.map { lengths[$0.parent] + 1 } ?? 0)
    returned.append(location.map { asked ? lengths[$0.parent] : returned[$0.parent] } ?? -1)
    parents.append(Int32(location?.parent ?? -1))
    tokens.append(Int32(location?.token ?? -1))
    truths.append(Int32(truth))
    truthProbabilities.append(probability)
    answers += exits
    return node
  }

  private func key(_ node: Node, _ token: Int, _ asked: Bool) -> Int64 {
    Int64(node) << 32 | Int64(token) | (hasFeedback && asked ? 1 << 31 : 0)
  }
}
