import CleaveModel

/// Where a weight stands in a checkpoint, and what is done to it on the way into an artifact.
struct WeightLocation: Sendable {
  /// One tensor, or several whose rows follow one another.
  var tensors: [String]
  /// Of a tensor that holds several weights: this one's first row, and how many rows they are together.
  var rows: (first: Int, together: Int)?
  /// The shape in the file, where it is another than these say.
  var shape: [Int]?
  /// For each row written, the row of the weight in the file.
  var rowOrder: (@Sendable (Int) -> Int)?
  /// Added to every element.
  var offset: Float = 0

  init(_ tensors: [String]) { self.tensors = tensors }
}

extension [FusedTensor] {
  /// The tensor that a weight is a part of, with its rows in it.
  func location(
    of weight: BlockWeight, in configuration: ModelConfiguration
  ) -> (name: String, rows: (first: Int, together: Int))? {
    func rows(_ part: BlockWeight) -> Int { WeightName.block(0, part).shape(in: configuration)[0] }
    for fused in self {
      guard let index = fused.parts.firstIndex(of: weight) else { continue }
      let first = fused.parts[..<index].reduce(0) { $0 + rows($1) }
      return (fused.name, (first, fused.parts.reduce(0) { $0 + rows($1) }))
    }
    return nil
  }
}

/// The order of rows within each head of queries and keys. Here the pairs that RoPE rotates are
/// (i, i + headDimension / 2), those that it leaves alone the last of them.
enum HeadRows {
  /// From a file where the rotated pairs are the first rows of each head, in halves: where RoPE
  /// leaves some alone, the others stand in the middle of ours.
  static func partial(_ head: Int, rotated pairs: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      let (side, pair) = within.quotientAndRemainder(dividingBy: half)
      let source =
        pair < pairs ? side * pairs + pair : 2 * pairs + side * (half - pairs) + (pair - pairs)
      return index * head + source
    }
  }

  /// The reverse of `partial`.
  static func toPartial(_ head: Int, rotated pairs: Int) -> @Sendable (Int) -> Int {
    let forward = partial(head, rotated: pairs)
    var reverse = [Int](repeating: 0, count: head)
    for row in 0..<head { reverse[forward(row)] = row }
    return { [reverse] row in row / head * head + reverse[row % head] }
  }

  /// From a file where the two of a pair are neighbours, as llama.cpp has them in some architectures.
  static func interleaved(_ head: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      return index * head + (within % half) * 2 + within / half
    }
  }

  /// The reverse of `interleaved`.
  static func toInterleaved(_ head: Int) -> @Sendable (Int) -> Int {
    let half = head / 2
    return { row in
      let (index, within) = row.quotientAndRemainder(dividingBy: head)
      return index * head + (within % 2) * half + within / 2
    }
  }
}

extension BlockWeight {
  /// Whether its rows go by what RoPE rotates.
  var isRotated: Bool { [.query, .key, .queryBias, .keyBias, .queryNorm, .keyNorm].contains(self) }
}
