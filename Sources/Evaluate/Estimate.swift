import CleaveStorage

/// A mean over a text, and how far it may be off.
///
/// Neighbouring tokens are alike, so that the standard error is taken over windows, which are far
/// more nearly independent: it is larger than one over tokens would be, and more honest. The windows
/// are of one length, so that the mean of their means is the mean over tokens.
package struct Estimate: Equatable, Sendable {
  package var value: Double
  /// Of the mean, clustered by window or prompt; nil for a single one, which says nothing of it.
  package var standardError: Double?

  package init(value: Double, standardError: Double?) {
    self.value = value
    self.standardError = standardError
  }

  /// - Parameter means: the mean over each window, not empty.
  package init(overWindows means: [Double]) {
    precondition(!means.isEmpty)
    let count = Double(means.count)
    let mean = means.reduce(0, +) / count
    value = mean
    guard means.count > 1 else {
      standardError = nil
      return
    }
    let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = (squares / (count - 1) / count).squareRoot()
  }

  /// The share of all that is counted, in clusters of unlike sizes: a ratio of sums, with the standard error
  /// of one (Cochran 1977, 6.4, with the factor K / (K - 1)).
  ///
  /// - Parameter clusters: what is counted of how many; at least one of all of them, or the share is 0.
  package init(overClusters clusters: [(counted: Int, all: Int)]) {
    precondition(!clusters.isEmpty)
    let all = Double(clusters.reduce(0) { $0 + $1.all })
    guard all > 0 else {
      self.init(value: 0, standardError: nil)
      return
    }
    let ratio = Double(clusters.reduce(0) { $0 + $1.counted }) / all
    // A cluster of nothing tells nothing.
    let count = Double(clusters.count { $0.all > 0 })
    let squares = clusters.reduce(0.0) { sum, cluster in
      let residual = Double(cluster.counted) - ratio * Double(cluster.all)
      return sum + residual * residual
    }
    let error = (squares * count / (count - 1)).squareRoot() / all
    self.init(value: ratio, standardError: count > 1 ? error : nil)
  }

  /// Of a function of the mean with the given value and slope there (the delta method).
  func mapped(value: Double, slope: Double) -> Estimate {
    Estimate(value: value, standardError: standardError.map { $0 * abs(slope) })
  }

  package var json: JSON {
    ["value": .real(value), "standard_error": standardError.map { .real($0) } ?? .null]
  }
}

/// The value below which that fraction of them lies, interpolated between neighbours in order.
package func quantile(_ fraction: Double, ofSorted values: [Double]) -> Double {
  let location = fraction * Double(values.count - 1)
  let index = min(Int(location), values.count - 1)
  let next = min(index + 1, values.count - 1)
  return values[index] + (location - Double(index)) * (values[next] - values[index])
}
