import CleaveModel

/// Row orders of query and key weights within each head. In artifacts, RoPE rotates the pairs (i, i
/// + headDimension / 2), and pairs that it leaves alone are the last of each half.
enum RotaryRowOrder {
  /// The order that reads a file whose rotated rows come first in each head, in two halves,
  /// followed by the rows that RoPE leaves alone.
  ///
  /// - Parameters: - head: the number of rows of one head. - pairs: the number of rotated pairs in
  ///   it.
  static func fromPartial(_ head: Int, rotated pairs: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      let (side, pair) = within.quotientAndRemainder(dividingBy: half)
      let source =
        pair < pairs ? side * pairs + pair : 2 * pairs + side * (half - pairs) + (pair - pairs)
      return index * head + source
    }
  }

  /// The reverse of `fromPartial`.
  static func toPartial(_ head: Int, rotated pairs: Int) -> @Sendable (Int) -> Int {
    let forward = fromPartial(head, rotated: pairs)
    var reverse = [Int](repeating: 0, count: head)
    for row in 0..<head { reverse[forward(row)] = row }
    return { [reverse] row in row / head * head + reverse[row % head] }
  }

  /// The order that reads queries, or the gates of the output, where a file has those of a head behind its queries.
  ///
  /// - Parameter order: of the queries' rows, as if there were no gates.
  static func gated(
    _ head: Int, isGate: Bool, _ order: (@Sendable (Int) -> Int)?
  ) -> @Sendable (Int) -> Int {
    { row in
      let (index, within) = (isGate ? row : order?(row) ?? row).quotientAndRemainder(
        dividingBy: head)
      return 2 * index * head + (isGate ? head : 0) + within
    }
  }

  /// The order that reads a file in which the two rows of a pair are neighbours, as in some
  /// llama.cpp architectures.
  static func fromInterleaved(_ head: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      return index * head + (within % half) * 2 + within / half
    }
  }

  /// The reverse of `fromInterleaved`.
  static func toInterleaved(_ head: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      return index * head + (within % 2) * half + within / 2
    }
  }
}

extension BlockWeight {
  /// Whether RoPE rotates the weight's output, so that its rows follow the order of the pairs.
  var isRotated: Bool { [.query, .key, .queryBias, .keyBias, .queryNorm, .keyNorm].contains(self) }
}
