import CleaveRuntime

/// Everything that has been asked about one prompt: the texts that policies have written after it, as a
/// tree, and at each of its nodes what every exit and the whole model say next.
///
/// What they say depends on the text alone, to the bit, whichever exits answered before: that is the
/// runtime's promise. So a node that one policy has come by need not run for any other.
package struct TextTree {
  /// A text; 0 is the prompt.
  package typealias Node = Int

  package let exitCount: Int
  /// The node before, and the token that was appended to it. The prompt's are -1.
  package private(set) var parents: [Int32] = []
  package private(set) var tokens: [Int32] = []
  /// The whole model's token, and its probability.
  package private(set) var truths: [Int32] = []
  package private(set) var truthProbabilities: [Float] = []
  /// `[nodes, exits]`.
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

  /// - Parameter place: nil for the prompt, which comes first; else the node before and the token
  ///   appended, which was not there.
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
