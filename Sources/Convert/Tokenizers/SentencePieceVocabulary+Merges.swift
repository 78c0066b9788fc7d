extension SentencePieceVocabulary {
  struct Merge {
    let left: Substring.UnicodeScalarView
    let right: Substring.UnicodeScalarView
    let score: Float
  }

  /// The merges by falling score, then by falling lengths, then in vocabulary order.
  func merges() -> [Merge] {
    let scores = Dictionary(uniqueKeysWithValues: pieces.map { (Array($0.text.utf8), 0) })
    var ids: [[UInt8]: Int] = scores
    for (id, piece) in pieces.enumerated() { ids[Array(piece.text.utf8)] = id }
    let merges = pieces.flatMap { cuts(of: $0, ids) }
    let lengths = merges.map { ($0.left.count, $0.right.count) }
    return merges.indices.sorted { one, other in
      let (a, b) = (merges[one], merges[other])
      if a.score != b.score { return a.score > b.score }
      if lengths[one] != lengths[other] { return lengths[one] > lengths[other] }
      return one < other
    }.map { merges[$0] }
  }

  /// The pairs of pieces whose concatenation is `piece`.
  private func cuts(of piece: Piece, _ ids: [[UInt8]: Int]) -> [Merge] {
    let scalars = piece.text.unicodeScalars
    var found: [(merge: Merge, left: Int, right: Int)] = []
    for index in scalars.indices.dropFirst() {
      let (left, right) = (scalars[..<index], scalars[index...])
      guard let leftID = ids[Array(String(left).utf8)], let rightID = ids[Array(String(right).utf8)]
      else { continue }
      found.append((Merge(left: left, right: right, score: piece.score), leftID, rightID))
    }
    return found.sorted { ($0.left, $0.right) < ($1.left, $1.right) }.map(\.merge)
  }
}
