import CleaveRuntime

/// All answers that policies gave to one prompt, as a tree of texts. Each node holds the next token of every exit
/// and of the whole model.
///
/// These tokens depend on the text alone, to the bit, whichever exits answered before: the runtime guarantees it.
/// So a text that ran for one policy need not run again for another.
package struct TextTree {
  /// The index of a text: the prompt, 0, with the tokens on the path to the node.
  package typealias Node = Int

  package let exitCount: Int
  /// The parent of each node; -1 for the prompt.
  package private(set) var parents: [Int32] = []
  /// The token that each node appends to its parent; -1 for the prompt.
  package private(set) var tokens: [Int32] = []
  /// The whole model's next token at each node.
  package private(set) var truths: [Int32] = []
  /// The probability of the whole model's token.
  package private(set) var truthProbabilities: [Float] = []
  /// The answers of the exits, `[nodes, exits]`.
  package private(set) var answers: [ExitAnswer] = []
  private var children: [Int64: Int32] = [:]

  package init(exitCount: Int) { self.exitCount = exitCount }

  package var count: Int { parents.count }

  package func child(of node: Node, _ token: Int) -> Node? {
    children[Self.key(node, token)].map(Int.init)
  }

  package func answer(of exit: Int, at node: Node) -> ExitAnswer {
    answers[node * exitCount + exit]
  }

  package func truth(at node: Node) -> Int { Int(truths[node]) }

  /// Adds a node.
  ///
  /// - Parameter location: the parent, and a token that it has no child for; nil for the prompt, the first
  ///   node.
  @discardableResult
  package mutating func append(
    at location: (parent: Node, token: Int)?, _ exits: [ExitAnswer], truth: Int, probability: Float
  ) -> Node {
    precondition(exits.count == exitCount && (location == nil) == parents.isEmpty)
    let node = count
    if let location {
      precondition(location.parent < node && child(of: location.parent, location.token) == nil)
      children[Self.key(location.parent, location.token)] = Int32(node)
    }
    parents.append(Int32(location?.parent ?? -1))
    tokens.append(Int32(location?.token ?? -1))
    truths.append(Int32(truth))
    truthProbabilities.append(probability)
    answers += exits
    return node
  }

  private static func key(_ node: Node, _ token: Int) -> Int64 {
    Int64(node) << 32 | Int64(token)
  }
}
