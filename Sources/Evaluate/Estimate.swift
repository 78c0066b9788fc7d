import CleaveStorage

/// A mean over a text with its standard error.
///
/// Neighbouring tokens are correlated, so that the standard error is computed over windows, which
/// are far more nearly independent. It is larger, and more realistic, than one computed over
/// tokens. The windows have equal length, so that the mean of their means is the mean over tokens.
package struct Estimate: Equatable, Sendable {
  package var value: Double
  /// The standard error of the mean, clustered by window or prompt; nil for a single one.
  package var standardError: Double?

  package init(value: Double, standardError: Double?) {
    self.value = value
    self.standardError = standardError
  }

  /// - Parameter means: the mean of each window, at least one.
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

  /// A share over clusters of different sizes: a ratio of sums with its standard error (Cochran,
  /// Sampling Techniques, 1977, section 6.4, with the factor K / (K - 1)).
  ///
  /// - Parameter clusters: the number counted and the total of each cluster, at least one cluster.
  ///   The share is 0 if all totals are 0.
  package init(overClusters clusters: [(counted: Int, all: Int)]) {
    precondition(!clusters.isEmpty)
    let all = Double(clusters.reduce(0) { $0 + $1.all })
    guard all > 0 else {
      self.init(value: 0, standardError: nil)
      return
    }
    let ratio = Double(clusters.reduce(0) { $0 + $1.counted }) / all
    // An empty cluster carries no information.
    let count = Double(clusters.count { $0.all > 0 })
    let squares = clusters.reduce(0.0) { sum, cluster in
      let residual = Double(cluster.counted) - ratio * Double(cluster.all)
      return sum + residual * residual
    }
    let error = (squares * count / (count - 1)).squareRoot() / all
    self.init(value: ratio, standardError: count > 1 ? error : nil)
  }

  /// The estimate of a function of the mean, given its value and its slope at the mean (the delta
  /// method).
  func mapped(value: Double, slope: Double) -> Estimate {
    Estimate(value: value, standardError: standardError.map { $0 * abs(slope) })
  }

  package var json: JSON {
    ["value": .real(value), "standard_error": standardError.map { .real($0) } ?? .null]
  }
}

/// The quantile of sorted values, interpolated linearly between neighbours.
package func quantile(_ fraction: Double, ofSorted values: [Double]) -> Double {
  let location = fraction * Double(values.count - 1)
  let index = min(Int(location), values.count - 1)
  let next = min(index + 1, values.count - 1)
  return values[index] + (location - Double(index)) * (values[next] - values[index])
}
