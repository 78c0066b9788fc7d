import CleaveStorage

/// Reads the list of merges: pairs, or in older files two tokens separated by a space.
struct MergeReader {
  let vocabulary: Vocabulary

  func read(_ node: JSONNode) throws -> [BytePairModel.Merge] {
    guard case .array(let values) = node.value else { throw node.refuse(expected: "an array") }
    var merges: [BytePairModel.Merge] = []
    merges.reserveCapacity(values.count)
    var joined: [UInt8] = []
    for (rank, value) in values.enumerated() {
      guard let (left, right) = Self.pair(value) else {
        throw refuse(
          node, rank, value.kind, expected: "two tokens: [\"a\", \"b\"] or \"a b\"")
      }
      joined.removeAll(keepingCapacity: true)
      joined += left
      joined += right
      let leftID = try id(left, node, rank)
      let rightID = try id(right, node, rank)
      let joinedID = try id(joined[...], node, rank)
      merges.append(
        .init(
          left: UInt32(leftID), right: UInt32(rightID), rank: UInt32(rank),
          result: UInt32(joinedID)))
    }
    return Self.ordered(merges)
  }

  private static func ordered(_ merges: [BytePairModel.Merge]) -> [BytePairModel.Merge] {
    var ordered: [BytePairModel.Merge] = []
    ordered.reserveCapacity(merges.count)
    for merge in merges.sorted(by: {
      ($0.left, $0.right, $0.rank) < ($1.left, $1.right, $1.rank)
    }) {
      // A pair listed twice has its last rank, as in the tokenizers package.
      if let last = ordered.last, last.left == merge.left, last.right == merge.right {
        ordered[ordered.count - 1] = merge
      } else {
        ordered.append(merge)
      }
    }
    return ordered
  }

  private func id(_ token: ArraySlice<UInt8>, _ node: JSONNode, _ rank: Int) throws -> Int {
    if let id = vocabulary.spelled.id(of: token) { return id }
    throw refuse(
      node, rank, "the token \"\(String(decoding: token, as: UTF8.self).prefix(80))\"",
      expected: "tokens of the model's vocabulary")
  }

  private static func pair(_ value: JSON) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
    switch value {
    case .string(let text):
      let bytes = Array(text.utf8)
      guard let space = bytes.firstIndex(of: 0x20), bytes.lastIndex(of: 0x20) == space else {
        return nil
      }
      return (bytes[..<space], bytes[(space + 1)...])
    case .array(let values):
      guard values.count == 2, case .string(let left) = values[0],
        case .string(let right) = values[1]
      else { return nil }
      return (Array(left.utf8)[...], Array(right.utf8)[...])
    default: return nil
    }
  }

  private func refuse(
    _ node: JSONNode, _ rank: Int, _ found: String, expected: String
  ) -> InputError {
    InputError(
      file: node.file, location: "\(node.path)[\(rank)]", found: found, expected: expected)
  }
}
