import CleaveStorage

extension SentencePieceVocabulary {
  struct Merge {
    let left: Substring.UnicodeScalarView
    let right: Substring.UnicodeScalarView
    let score: Float
  }

  /// The most bytes of all merges together: so many, and as many times the bytes of the pieces. Pieces of one
  /// character repeated have a merge for each place in each, which a tokenizer of gigabytes could be made of.
  private static let (mostBytes, mostTimes) = (1 << 24, 32)

  /// The merges by falling score, then by falling lengths, then in vocabulary order.
  ///
  /// - Throws: `InputError` for more merges than a vocabulary has that was learnt from texts.
  func merges() throws -> [Merge] {
    var ids: [[UInt8]: Int] = [:]
    for (id, piece) in pieces.enumerated() { ids[Array(piece.text.utf8)] = id }
    let lengths = Set(ids.keys.map(\.count))
    var bytesLeft = Self.mostBytes + Self.mostTimes * ids.keys.reduce(0) { $0 + $1.count }
    var merges: [Merge] = []
    for (id, piece) in pieces.enumerated() {
      let found = cuts(of: piece, ids, lengths)
      bytesLeft -= found.count * piece.text.utf8.count
      guard bytesLeft >= 0 else {
        throw InputError(
          file: file, location: "\(location)[\(id)]",
          found: "too many ways to make pieces of others",
          expected: "merges of at most \(Self.mostTimes) times the bytes of the pieces")
      }
      merges += found
    }
    let counts = merges.map { ($0.left.count, $0.right.count) }
    return merges.indices.sorted { one, other in
      let (a, b) = (merges[one], merges[other])
      if a.score != b.score { return a.score > b.score }
      if counts[one] != counts[other] { return counts[one] > counts[other] }
      return one < other
    }.map { merges[$0] }
  }

  /// The pairs of pieces whose concatenation is `piece`.
  ///
  /// - Parameter lengths: those of all pieces in bytes: where no piece is that long, none is looked up.
  private func cuts(of piece: Piece, _ ids: [[UInt8]: Int], _ lengths: Set<Int>) -> [Merge] {
    let scalars = piece.text.unicodeScalars
    let bytes = Array(piece.text.utf8)
    var found: [(merge: Merge, left: Int, right: Int)] = []
    var length = 0
    for (index, scalar) in zip(scalars.indices.dropFirst(), scalars) {
      length += UTF8.width(scalar)
      guard lengths.contains(length), lengths.contains(bytes.count - length),
        let left = ids[Array(bytes[..<length])], let right = ids[Array(bytes[length...])]
      else { continue }
      let merge = Merge(left: scalars[..<index], right: scalars[index...], score: piece.score)
      found.append((merge, left, right))
    }
    return found.sorted { ($0.left, $0.right) < ($1.left, $1.right) }.map(\.merge)
  }
}
