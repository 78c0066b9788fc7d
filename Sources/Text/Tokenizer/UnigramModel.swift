/// The Unigram model (Kudo, arXiv 1804.10959): of all ways to split a piece of text into tokens, it
/// takes the one with the highest sum of scores, found by the Viterbi algorithm. Characters that no
/// token covers are unknown; they score below all tokens, and fall back to bytes if there are
/// tokens for them.
struct UnigramModel: Sendable {
  /// The scores of the model's own tokens by id.
  let scores: [Double]
  let unknown: Int
  let fallsBackToBytes: Bool
  private let unknownScore: Double
  /// The children of trie nodes, by node and byte; node 0 is the root.
  private var children = IntegerMap()
  /// The token that ends at each node, or -1.
  private var ends: [Int32] = [-1]

  /// The difference of the unknown score to the lowest score of a token, as in the tokenizers
  /// package.
  private static let unknownPenalty = 10.0

  /// - Parameter tokens: the tokens by id, none of them empty.
  init(tokens: [[UInt8]], scores: [Double], unknown: Int, fallsBackToBytes: Bool) {
    self.scores = scores
    self.unknown = unknown
    self.fallsBackToBytes = fallsBackToBytes
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    for (id, token) in tokens.enumerated() {
      var node: UInt64 = 0
      for byte in token {
        if let child = children[node << 8 | UInt64(byte)] {
          node = child
        } else {
          children.set(node << 8 | UInt64(byte), UInt64(ends.count))
          node = UInt64(ends.count)
          ends.append(-1)
        }
      }
      ends[Int(node)] = Int32(id)
    }
  }

  /// The last token of the best split of the text up to a position.
  private struct Node {
    var id = -1
    var start = -1
    var score = 0.0
  }

  /// Appends the ids of `piece`.
  func encode(
    _ piece: UnsafeBufferPointer<UInt8>, with tables: TokenizerTables.View, into output: inout [Int]
  ) {
    let nodes = bestNodes(piece)
    var cuts: [(id: Int, range: Range<Int>)] = []
    var end = piece.count
    while end > 0 {
      let node = nodes[end]
      // Consecutive unknown characters become one.
      if node.id == unknown, let last = cuts.last, last.id == unknown,
        last.range.lowerBound == end
      {
        cuts[cuts.count - 1].range = node.start..<last.range.upperBound
      } else {
        cuts.append((node.id, node.start..<end))
      }
      end = node.start
    }
    for (id, range) in cuts.reversed() {
      if id == unknown {
        fallBack(UnsafeBufferPointer(rebasing: piece[range]), tables, into: &output)
      } else {
        output.append(id)
      }
    }
  }

  private func bestNodes(_ piece: UnsafeBufferPointer<UInt8>) -> [Node] {
    children.withView { bestNodes(piece, $0) }
  }

  private func bestNodes(
    _ piece: UnsafeBufferPointer<UInt8>, _ children: IntegerMap.View
  ) -> [Node] {
    var nodes = [Node](repeating: Node(), count: piece.count + 1)
    var start = 0
    while start < piece.count {
      let score = nodes[start].score
      let character = CharacterSymbols.length(piece[start], limit: piece.count - start)
      var isCovered = false
      func offer(_ id: Int, _ end: Int, _ candidate: Double) {
        if nodes[end].start < 0 || candidate > nodes[end].score {
          nodes[end] = Node(id: id, start: start, score: candidate)
        }
      }
      var node: UInt64 = 0
      var position = start
      while position < piece.count, let child = children[node << 8 | UInt64(piece[position])] {
        node = child
        position += 1
        let id = Int(ends[Int(node)])
        guard id >= 0 else { continue }
        offer(id, position, scores[id] + score)
        if position - start == character { isCovered = true }
      }
      if !isCovered { offer(unknown, start + character, unknownScore + score) }
      start += character
    }
    return nodes
  }

  private func fallBack(
    _ text: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View, into output: inout [Int]
  ) {
    let ids = fallsBackToBytes ? text.map { tables.id(of: $0) } : [nil]
    if ids.allSatisfy({ $0 != nil }) {
      output += ids.compactMap { $0.map { Int($0) } }
    } else {
      output.append(unknown)
    }
  }
}
