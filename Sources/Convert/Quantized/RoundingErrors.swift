import Glibc
import Synchronization

/// The errors that rounding makes in weights, summed up for each kind of weight while they are
/// written.
final class RoundingErrors: Sendable {
  /// The sums over all weights of one kind.
  struct Sums: Sendable {
    fileprivate var largestError = 0.0
    fileprivate var largest = 0.0
    fileprivate var squaredErrors = 0.0
    fileprivate var squares = 0.0

    /// The largest error as a share of the largest weight.
    var relativeLargest: Double { largest == 0 ? 0 : largestError / largest }
    /// The root of the mean squared error as a share of that of the weights.
    var relativeRMS: Double { squares == 0 ? 0 : (squaredErrors / squares).squareRoot() }

    /// Both in words.
    var text: String {
      "largest \(Self.digits(relativeLargest)), rms \(Self.digits(relativeRMS))"
    }

    /// Three significant digits.
    private static func digits(_ value: Double) -> String {
      guard value > 0 else { return "0" }
      let exponent = Int(floor(log10(value)))
      let digits = (value / pow(10, Double(exponent)) * 100).rounded() / 100
      return "\(digits)e\(exponent)"
    }
  }

  private let state = Mutex<[String: Sums]>([:])

  /// The kinds that were rounded, by name.
  var kinds: [(name: String, sums: Sums)] {
    state.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.name < $1.name }
  }

  /// Adds weights and what became of them.
  func add(_ kind: String, _ weights: [Float], _ rounded: [Float]) {
    var sums = Sums()
    for (weight, rounded) in zip(weights, rounded) {
      let (weight, error) = (Double(weight), Double(rounded) - Double(weight))
      sums.largest = max(sums.largest, abs(weight))
      sums.largestError = max(sums.largestError, abs(error))
      sums.squares += weight * weight
      sums.squaredErrors += error * error
    }
    state.withLock { state in
      var all = state[kind] ?? Sums()
      all.largest = max(all.largest, sums.largest)
      all.largestError = max(all.largestError, sums.largestError)
      all.squares += sums.squares
      all.squaredErrors += sums.squaredErrors
      state[kind] = all
    }
  }
}
