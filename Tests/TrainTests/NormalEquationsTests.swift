import CleaveRuntime
import CleaveStorage
import CleaveTrain
import Testing

/// Least squares from streamed sums, against the definition.
@Suite struct NormalEquationsTests {
  private static let width = 6
  private static let rows = 700

  /// Inputs around an offset, and targets that depend on them, on one another, and on chance.
  private struct Data {
    var x: [Float] = []
    var y: [[Float]] = [[], []]

    init(rows: Int = NormalEquationsTests.rows) {
      let width = NormalEquationsTests.width
      var random = CounterRandom(seed: 11)
      func value() -> Float { Float(2 * random.uniform() - 1) }
      let weights = (0..<2).map { _ in (0..<width * width).map { _ in value() } }
      for _ in 0..<rows {
        let input = (0..<width).map { 3 * value() + Float($0) }
        x += input
        for target in 0..<2 {
          y[target] += (0..<width).map { row in
            let product = (0..<width).reduce(Float(0)) {
              $0 + weights[target][row * width + $1] * input[$1]
            }
            return product + Float(row - 2) + 0.5 * value()
          }
        }
      }
    }

    /// The weight of each row; nil for 1.
    var weights: [Double]?

    func weights(_ rows: Range<Int>) -> [Double] {
      weights.map { Array($0[rows]) } ?? rows.map { _ in 1 }
    }

    func equations(threads: Int = 2, batch: Int = NormalEquationsTests.rows) throws
      -> NormalEquations
    {
      let width = NormalEquationsTests.width
      let equations = NormalEquations(
        width: width, targets: 2, workers: Workers(try ThreadPool(threads: threads)))
      for first in stride(from: 0, to: x.count / width, by: batch) {
        let rows = min(batch, x.count / width - first)
        let range = first * width..<(first + rows) * width
        let buffer = FloatBuffer(rows * width)
        buffer.copy(Array(x[range]))
        equations.add(
          buffer.matrix(rows, width), y.map { Array($0[range]) },
          weights: weights(first..<first + rows))
      }
      return equations
    }

    /// The mean of each column.
    func means(_ values: [Float]) -> [Double] {
      let width = NormalEquationsTests.width
      return (0..<width).map { column in
        stride(from: column, to: values.count, by: width).reduce(0.0) { $0 + Double(values[$1]) }
          / Double(values.count / width)
      }
    }
  }

  private func error(_ data: Data, _ target: Int, _ fit: AffineFit) -> Double {
    let (width, matrix) = (Self.width, Self.matrix(fit))
    var sum = 0.0
    for row in 0..<data.x.count / width {
      let x = data.x[row * width..<(row + 1) * width].map(Double.init)
      for out in 0..<width {
        var value = x[out] + Double(fit.bias[out])
        for column in 0..<width { value += matrix[out * width + column] * x[column] }
        let difference = Double(data.y[target][row * width + out]) - value
        sum += difference * difference
      }
    }
    return sum
  }

  /// W, multiplied out where it has factors.
  private static func matrix(_ fit: AffineFit) -> [Double] {
    guard fit.matrices.count == 2 else { return fit.matrices[0].map(Double.init) }
    let rank = fit.matrices[0].count / width
    return (0..<width * width).map { index in
      (0..<rank).reduce(0.0) {
        $0 + Double(fit.matrices[1][index / width * rank + $1])
          * Double(fit.matrices[0][$1 * width + index % width])
      }
    }
  }

  /// Gaussian elimination with pivots, for one right-hand side.
  private func plainSolve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (a, b) = (matrix, right)
    let n = b.count
    for column in 0..<n {
      let pivot = (column..<n).max { abs(a[$0][column]) < abs(a[$1][column]) }!
      a.swapAt(column, pivot)
      b.swapAt(column, pivot)
      for row in 0..<n where row != column {
        let factor = a[row][column] / a[column][column]
        for index in column..<n { a[row][index] -= factor * a[column][index] }
        b[row] -= factor * b[column]
      }
    }
    return (0..<n).map { b[$0] / a[$0][$0] }
  }

  @Test(arguments: [0, 1]) func theMapIsThatOfAPlainSolve(target: Int) throws {
    let (data, width, ridge) = (Data(), Self.width, 1e-2)
    let fit = try data.equations().solution(target: target, rank: nil, ridge: ridge, of: "x")
    let (mx, my) = (data.means(data.x), data.means(data.y[target]))
    func centred(_ values: [Float], _ means: [Double], _ row: Int, _ column: Int) -> Double {
      Double(values[row * width + column]) - means[column]
    }
    var moments = (0..<width).map { i in
      (0..<width).map { j in
        (0..<Self.rows).reduce(0.0) { $0 + centred(data.x, mx, $1, i) * centred(data.x, mx, $1, j) }
      }
    }
    let mean = (0..<width).reduce(0.0) { $0 + moments[$1][$1] } / Double(width)
    for index in 0..<width { moments[index][index] += ridge * mean }
    let matrix = fit.matrices[0].map(Double.init)
    for out in 0..<width {
      let right = (0..<width).map { column in
        (0..<Self.rows).reduce(0.0) { sum, row in
          let change = centred(data.y[target], my, row, out) - centred(data.x, mx, row, out)
          return sum + change * centred(data.x, mx, row, column)
        }
      }
      let expected = plainSolve(moments, right)
      var bias = my[out] - mx[out]
      for column in 0..<width {
        #expect(abs(matrix[out * width + column] - expected[column]) < 1e-5)
        bias -= expected[column] * mx[column]
      }
      #expect(abs(Double(fit.bias[out]) - bias) < 1e-4)
    }
  }

  @Test func theUnexplainedShareIsThatOfTheErrors() throws {
    let data = Data()
    for rank in [nil, 1, 3, Self.width] {
      let fit = try data.equations().solution(target: 1, rank: rank, ridge: 1e-2, of: "x")
      let means = data.means(data.y[1])
      let variance = data.y[1].enumerated().reduce(0.0) {
        let difference = Double($1.element) - means[$1.offset % Self.width]
        return $0 + difference * difference
      }
      #expect(abs(error(data, 1, fit) / variance - fit.unexplained) < 1e-5)
    }
  }

  /// Each rank explains more than the one below, and the highest what the full matrix does.
  @Test func aHigherRankErrsLess() throws {
    let data = Data()
    let equations = try data.equations()
    let errors = try (1...Self.width).map {
      error(data, 0, try equations.solution(target: 0, rank: $0, ridge: 1e-3, of: "x"))
    }
    for (lower, higher) in zip(errors, errors.dropFirst()) { #expect(higher < lower) }
    let full = try equations.solution(target: 0, rank: nil, ridge: 1e-3, of: "x")
    #expect(abs(errors[Self.width - 1] - error(data, 0, full)) < 1e-3 * errors[0])
    let factors = try equations.solution(target: 0, rank: 2, ridge: 1e-3, of: "x").matrices
    #expect(factors.map(\.count) == [2 * Self.width, 2 * Self.width])
  }

  /// No step away from the best matrix of a rank lowers the error.
  @Test func theRankIsReducedWhereItCostsLeast() throws {
    let data = Data()
    let equations = try data.equations()
    let best = try equations.solution(target: 0, rank: 1, ridge: 0, of: "x")
    let least = error(data, 0, best)
    var random = CounterRandom(seed: 4)
    for _ in 0..<50 {
      let moved = best.matrices.map { $0.map { $0 + 0.05 * Float(2 * random.uniform() - 1) } }
      // The best bias for the matrix: the mean error is zero.
      var other = AffineFit(matrices: moved, bias: best.bias, unexplained: 0)
      let (matrix, mx, my) = (Self.matrix(other), data.means(data.x), data.means(data.y[0]))
      other = AffineFit(
        matrices: moved,
        bias: (0..<Self.width).map { out in
          Float(
            (0..<Self.width).reduce(my[out] - mx[out]) {
              $0 - matrix[out * Self.width + $1] * mx[$1]
            })
        }, unexplained: 0)
      #expect(error(data, 0, other) >= least * (1 - 1e-6))
    }
  }

  /// The sums do not depend on threads nor on how positions come.
  @Test func theBitsAreTheSameHoweverPositionsCome() throws {
    let data = Data()
    let first = try data.equations().solution(target: 0, rank: 3, ridge: 1e-3, of: "x")
    for (threads, batch) in [(1, Self.rows), (3, 97), (2, 1)] {
      let again = try data.equations(threads: threads, batch: batch)
        .solution(target: 0, rank: 3, ridge: 1e-3, of: "x")
      #expect(again.matrices == first.matrices && again.bias == first.bias)
      #expect(again.unexplained == first.unexplained)
    }
  }

  /// A row of weight 4 counts as four rows, one of weight 0 as none.
  @Test func weightsAreRepetitions() throws {
    var weighted = Data()
    weighted.weights = (0..<Self.rows).map { $0 % 3 == 0 ? 4 : $0 % 3 == 1 ? 1 : 0 }
    var repeated = Data()
    func rows(_ values: [Float]) -> [Float] {
      (0..<Self.rows).flatMap { row -> [Float] in
        let own = values[row * Self.width..<(row + 1) * Self.width]
        return (0..<Int(weighted.weights![row])).flatMap { _ in own }
      }
    }
    repeated.x = rows(repeated.x)
    repeated.y = repeated.y.map(rows)
    let (one, other) = (
      try weighted.equations().solution(target: 0, rank: 2, ridge: 1e-2, of: "x"),
      try repeated.equations().solution(target: 0, rank: 2, ridge: 1e-2, of: "x")
    )
    #expect(abs(one.unexplained - other.unexplained) < 1e-9)
    for (one, other) in zip(Self.matrix(one), Self.matrix(other)) {
      #expect(abs(one - other) < 1e-5)
    }
    for (one, other) in zip(one.bias, other.bias) { #expect(abs(one - other) < 1e-4) }
  }

  @Test func whatDefinesNoMapIsRefused() throws {
    func refusal(_ data: Data) -> InputError? {
      #expect(throws: InputError.self) {
        try data.equations().solution(target: 0, rank: nil, ridge: 1e-3, of: "store")
      }
    }
    let one = refusal(Data(rows: 1))
    #expect(one?.found == "1 positions to fit a map on" && one?.expected == "at least 2")
    var same = Data()
    same.x = same.x.map { _ in 1 }
    #expect(refusal(same)?.expected == "finite states that differ from position to position")
    var infinite = Data()
    infinite.y[0][9] = .infinity
    #expect(refusal(infinite)?.file == "store")
  }
}
