import CleaveQuantize
import TestSupport
import Testing

/// Compares the moments of inputs and their factor with sums and products in double precision.
@Suite struct SecondMomentsTests {
  /// The moments of the first `count` rows, row-major, upper triangle.
  private func naive(_ values: [Float], width: Int, count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: width * width)
    for row in 0..<count {
      for i in 0..<width {
        let x = Double(values[row * width + i])
        for j in i..<width { sums[i * width + j] += x * Double(values[row * width + j]) }
      }
    }
    return sums.map { $0 / Double(count) }
  }

  /// Tiles are 192 wide: widths within one, just beyond one, and in the third.
  @Test(arguments: [1, 32, 191, 192, 193, 400])
  func theyAreTheSums(width: Int) {
    let inputs = Inputs.correlated(width: width, count: 70)
    let moments = SecondMoments(width: width, threads: 3)
    // Three batches; values in a buffer beyond the count are ignored.
    for range in [0..<1, 1..<40, 40..<70] {
      let rows = Array(inputs.values[(range.lowerBound * width)..<(range.upperBound * width)])
      moments.add(rows + [.nan, .nan], count: range.count)
    }
    #expect(moments.count == 70)
    let expected = naive(inputs.values, width: width, count: 70)
    let found = moments.damped(0)
    let wrong = (0..<width).flatMap { i in (i..<width).map { (i, $0) } }.filter { i, j in
      let size = (expected[i * width + i] * expected[j * width + j]).squareRoot()
      return !(abs(found[i * width + j] - expected[i * width + j]) <= 1e-5 * size)
    }
    #expect(wrong.isEmpty)
    let diagonal = (0..<width).map { found[$0 * width + $0] }
    #expect(
      moments.meanSquares.map(Double.init).elementsEqual(diagonal) { abs($0 - $1) <= 1e-6 * $1 })
    let mean = diagonal.reduce(0, +) / Double(width)
    let damped = moments.damped(0.25)
    for i in 0..<width { #expect(abs(damped[i * width + i] - diagonal[i] - 0.25 * mean) <= 1e-9) }
  }

  @Test func threadsDoNotShow() {
    let inputs = Inputs.correlated(width: 700, count: 100)
    let alone = inputs.moments(threads: 1).damped(0.01)
    for threads in 2...5 { #expect(inputs.moments(threads: threads).damped(0.01) == alone) }
  }

  /// UᵀU (H + damping) is the identity, U is upper triangular, and the importance is the diagonal
  /// of H.
  @Test(arguments: ["plenty", "fewer rows than columns", "a column that is never read", "nothing"])
  func theFactor(of kind: String) throws {
    let width = 96
    var inputs = Inputs.correlated(width: width, count: kind.hasPrefix("fewer") ? 5 : 400)
    if kind.hasPrefix("a column") {
      for row in 0..<inputs.count { inputs.values[row * width + 40] = 0 }
    }
    if kind == "nothing" { inputs.values = inputs.values.map { _ in 0 } }
    let factor = try inputs.factor()
    var hessian = inputs.moments.damped(0.01)
    for i in 0..<width { for j in 0..<i { hessian[i * width + j] = hessian[j * width + i] } }
    let upper = (0..<width).map { i in
      (0..<width).map { $0 < i ? 0 : Double(factor.factor[i * width + $0]) }
    }
    var worst = 0.0
    for i in 0..<width {
      let inverse = (0..<width).map { j in
        (0...min(i, j)).reduce(0.0) { $0 + upper[$1][i] * upper[$1][j] }
      }
      for j in 0..<width {
        let product = (0..<width).reduce(0.0) { $0 + inverse[$1] * hessian[$1 * width + j] }
        worst = max(worst, abs(product - (i == j ? 1 : 0)))
      }
    }
    #expect(worst < 1e-3, "\(worst)")
    for i in 0..<width {
      #expect(upper[i][i] > 0)
      let expected = hessian[i * width + i]
      #expect(abs(Double(factor.importance[i]) - expected) <= 1e-5 * expected)
    }
  }

  /// 1e25 squared overflows float32; 1e-25 squared is 0 in float32, as if there were no input.
  @Test(arguments: [Float.nan, .infinity, 1e25])
  func numbersThatAreNone(value: Float) throws {
    var inputs = Inputs.correlated(width: 64, count: 100)
    inputs.values[64 * 7 + 13] = value
    try expectRefusal("m: found second moments", "expected finite activations") {
      try inputs.factor()
    }
  }
}
