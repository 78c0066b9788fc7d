import Glibc

/// The binomial distribution: the number of hits in `count` independent trials that hit with `probability`.
package struct Binomial {
  package let count: Int
  /// The probability of a hit, in 0 ..< 1.
  package let probability: Double

  package init(count: Int, probability: Double) {
    self.count = count
    self.probability = probability
  }

  /// The probability P(hits <= `hits`), exact but for rounding: relative error about 1e-12 at a million trials.
  ///
  /// The terms fall to both sides of the mean. Those of the smaller tail are added, from the largest,
  /// each by its ratio to the one before: nothing is taken from anything, nothing underflows early.
  package func cumulative(_ hits: Int) -> Double {
    guard hits >= 0 else { return 0 }
    guard hits < count, probability > 0 else { return 1 }
    if hits == 0 { return pow(1 - probability, Double(count)) }
    let odds = probability / (1 - probability)
    guard Double(hits) < Double(count) * probability else {
      return max(0, 1 - tail(from: hits + 1) { Double(count - $0) / Double($0 + 1) * odds })
    }
    return min(1, tail(from: hits, by: -1) { Double($0) / Double(count - $0 + 1) / odds })
  }

  /// - Parameter ratio: the ratio of the next term to the term of this number of hits.
  private func tail(from start: Int, by step: Int = 1, _ ratio: (Int) -> Double) -> Double {
    var (sum, term, location) = (1.0, 1.0, start)
    while location != (step < 0 ? 0 : count) {
      term *= ratio(location)
      guard term > sum * 1e-18 else { break }
      sum += term
      location += step
    }
    return exp(logTerm(start) + log(sum))
  }

  /// The logarithm ln P(hits = `hits`), 0 < hits <= count, by Loader's saddle-point expansion (2000).
  /// Logarithms of factorials would cancel each other's leading digits.
  func logTerm(_ hits: Int) -> Double {
    let (n, k) = (Double(count), Double(hits))
    guard hits < count else { return n * log(probability) }
    let scale = log(n / (2 * .pi * k * (n - k))) / 2
    return Self.stirlingError(n) - Self.stirlingError(k) - Self.stirlingError(n - k)
      - Self.deviance(k, n * probability) - Self.deviance(n - k, n * (1 - probability)) + scale
  }

  /// The error of Stirling's formula: ln n! minus the formula.
  private static func stirlingError(_ n: Double) -> Double {
    guard n > 15 else {
      let factorial = stride(from: 2, through: n, by: 1).reduce(1, *)
      return log(factorial) - ((n + 0.5) * log(n) - n + log(2 * .pi) / 2)
    }
    let square = n * n
    return
      (1 / 12.0
      - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square) / square) / square)
      / n
  }

  /// The deviance x ln(x / mean) + mean - x, by a series where the two are near.
  private static func deviance(_ x: Double, _ mean: Double) -> Double {
    guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
    let ratio = (x - mean) / (x + mean)
    var (sum, power) = ((x - mean) * ratio, 2 * x * ratio)
    for odd in stride(from: 3.0, to: 2001, by: 2) {
      power *= ratio * ratio
      let next = sum + power / odd
      guard next != sum else { break }
      sum = next
    }
    return sum
  }
}
