import CleavePrompts
import CleaveRuntime
import CleaveStorage

extension RecordingStore {
  /// Nodes of one tree that were read back. It is nil where the bytes end, or differ from their checksum.
  struct Batch {
    let prompt: [UInt8]
    private let first: Int
    fileprivate var nodes: [Node] = []

    fileprivate struct Node {
      let parent: Int
      let token: Int
      let asked: Bool
      let truth: Int
      let probability: Float
      let exits: [ExitAnswer]
    }

    init?(_ reader: inout ByteReader, _ shape: RecordingStore.NodeShape) {
      guard let size = reader.word(), let body = reader.take(Int(size)),
        let check = reader.take(8), Batch.check(Array(body)) == Array(check)
      else { return nil }
      var content = ByteReader(body)
      guard let prompt = content.take(32), let first = content.word(), let count = content.word(),
        content.left == Int(count) * shape.bytes
      else { return nil }
      self.prompt = Array(prompt)
      self.first = Int(first)
      for _ in 0..<count {
        guard let node = Node(&content, shape) else { return nil }
        nodes.append(node)
      }
    }

    /// - Returns: false where the nodes do not continue the tree. Those before the first wrong one are kept.
    func append(to tree: inout TextTree) -> Bool {
      guard tree.count == first else { return false }
      for node in nodes {
        let isFirst = tree.count == 0
        guard isFirst == (node.parent < 0), node.parent < tree.count,
          isFirst || tree.child(of: node.parent, node.token, asked: node.asked) == nil
        else { return false }
        tree.append(
          at: isFirst ? nil : (node.parent, node.token), asked: node.asked, node.exits,
          truth: node.truth,
          probability: node.probability)
      }
      return true
    }

    static func check(_ body: [UInt8]) -> [UInt8] {
      Array(ContentDigest(sha256: FileDigest(of: body).sha256)!.bytes.prefix(8))
    }
  }
}

extension RecordingStore.Batch.Node {
  fileprivate init?(_ reader: inout ByteReader, _ shape: RecordingStore.NodeShape) {
    guard let parent = reader.word(), let token = reader.word(),
      let asked = shape.hasFeedback ? reader.word() : 0, asked <= 1, let truth = reader.word(),
      truth <= UInt32(Int32.max), let probability = reader.word()
    else { return nil }
    self.parent = Int(Int32(bitPattern: parent))
    self.token = Int(Int32(bitPattern: token))
    self.asked = asked == 1
    self.truth = Int(truth)
    self.probability = Float(bitPattern: probability)
    guard (0...1).contains(self.probability) else { return nil }
    var exits: [ExitAnswer] = []
    for _ in 0..<shape.exitCount {
      guard let token = reader.word(), let max = reader.word(), let margin = reader.word(),
        let entropy = reader.word(), let plain = reader.word()
      else { return nil }
      // A right checksum does not prove that the values are right.
      let shares = [max, margin, entropy, plain].map(Float.init(bitPattern:))
      guard token <= UInt32(Int32.max), shares.allSatisfy({ (0...1).contains($0) })
      else { return nil }
      exits.append(
        ExitAnswer(
          token: Int(token), maxProbability: shares[0], margin: shares[1],
          entropyConfidence: shares[2], plainMaxProbability: shares[3]))
    }
    self.exits = exits
  }
}
