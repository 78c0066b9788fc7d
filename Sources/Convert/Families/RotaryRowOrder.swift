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
    reverse(fromPartial(head, rotated: pairs), head)
  }

  private static func reverse(
    _ forward: (Int) -> Int, _ head: Int
  ) -> @Sendable (Int) -> Int {
    var reverse = [Int](repeating: 0, count: head)
    for row in 0..<head { reverse[forward(row)] = row }
    return { [reverse] row in row / head * head + reverse[row % head] }
  }

  /// The order that reads one of several parts whose rows of each head follow one another in a file: a query, its gate;
  /// or a query, its key, its value.
  ///
  /// - Parameter order: of the part's rows, as if it stood alone.
  static func byHead(
    _ head: Int, part: Int, of parts: Int, _ order: (@Sendable (Int) -> Int)?
  ) -> @Sendable (Int) -> Int {
    { row in
      let (index, within) = (order?(row) ?? row).quotientAndRemainder(dividingBy: head)
      return (parts * index + part) * head + within
    }
  }

  /// The order that reads a file in which the two rows of a pair are neighbours, as in some
  /// llama.cpp architectures and in GLM, followed by the rows that RoPE leaves alone.
  static func fromInterleaved(_ head: Int, rotated pairs: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      let (side, pair) = within.quotientAndRemainder(dividingBy: half)
      let source =
        pair < pairs ? 2 * pair + side : 2 * pairs + side * (half - pairs) + (pair - pairs)
      return index * head + source
    }
  }

  /// The reverse of `fromInterleaved`.
  static func toInterleaved(_ head: Int, rotated pairs: Int) -> @Sendable (Int) -> Int {
    reverse(fromInterleaved(head, rotated: pairs), head)
  }

  /// The order that reads a model's rotated rows from a file; nil if it is ours.
  static func from(
    _ model: ModelConfiguration, interleaved: Bool
  ) -> (@Sendable (Int) -> Int)? {
    let head = model.headDimension
    if interleaved { return fromInterleaved(head, rotated: model.rope.rotatedPairs ?? head / 2) }
    return model.rope.rotatedPairs.map { fromPartial(head, rotated: $0) }
  }

  /// The reverse of `from`.
  static func to(_ model: ModelConfiguration, interleaved: Bool) -> (@Sendable (Int) -> Int)? {
    let head = model.headDimension
    if interleaved { return toInterleaved(head, rotated: model.rope.rotatedPairs ?? head / 2) }
    return model.rope.rotatedPairs.map { toPartial(head, rotated: $0) }
  }
}

extension BlockWeight {
  /// Whether RoPE rotates the weight's output, so that its rows follow the order of the pairs.
  var isRotated: Bool { [.query, .key, .queryBias, .keyBias, .queryNorm, .keyNorm].contains(self) }
}
