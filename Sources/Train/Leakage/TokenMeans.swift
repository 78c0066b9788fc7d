/// The mean hidden state of each token that an attacker has run, for a nearest-neighbour attack: a state is taken for
/// that of the token whose mean points in the most similar direction, both less the mean of all states.
package struct TokenMeans {
  private let width: Int
  /// The row of each token in the sums.
  private var rows: [Int: Int] = [:]
  /// The tokens by row.
  private(set) var tokens: [Int] = []
  private var counts: [Int] = []
  private var sums: [Float] = []  // [tokens, width]

  package init(width: Int) { self.width = width }

  /// - Parameter states: `[tokens, width]`, of rows of one length.
  package mutating func add(_ tokens: [Int], _ states: [Float]) {
    precondition(states.count == tokens.count * width)
    for (index, token) in tokens.enumerated() {
      let row = row(of: token)
      counts[row] += 1
      for column in 0..<width { sums[row * width + column] += states[index * width + column] }
    }
  }

  private mutating func row(of token: Int) -> Int {
    if let row = rows[token] { return row }
    rows[token] = tokens.count
    tokens.append(token)
    counts.append(0)
    sums += repeatElement(0, count: width)
    return tokens.count - 1
  }

  /// The token that came most often, and how often any came; nil before any has.
  package var mostCommon: Int? {
    counts.indices.max { (counts[$0], -tokens[$0]) < (counts[$1], -tokens[$1]) }.map { tokens[$0] }
  }

  /// The directions from the mean of all states to those of the tokens, `[tokens, width]`, each of length 1. A
  /// state's product with one orders the tokens as its own direction from that mean does, but for an offset of
  /// each token, which `offsets` holds.
  func directions() -> (rows: [Float], offsets: [Float]) {
    let all = Float(max(1, counts.reduce(0, +)))
    var center = [Float](repeating: 0, count: width)
    for row in tokens.indices {
      for column in 0..<width { center[column] += sums[row * width + column] / all }
    }
    var (result, offsets) = (sums, [Float](repeating: 0, count: tokens.count))
    for row in tokens.indices {
      let range = row * width..<(row + 1) * width
      for (column, index) in range.enumerated() {
        result[index] = sums[index] / Float(counts[row]) - center[column]
      }
      let length = result[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (column, index) in range.enumerated() {
        result[index] /= length > 0 ? length : 1
        offsets[row] -= result[index] * center[column]
      }
    }
    return (result, offsets)
  }
}
