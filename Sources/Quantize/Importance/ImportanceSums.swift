/// Running sums of the squared inputs of tensors.
package final class ImportanceSums {
  private var sums: [String: [Double]] = [:]
  private var counts: [String: Int] = [:]

  package init() {}

  /// Adds inputs to the sums of a tensor.
  ///
  /// - Parameter values: the inputs, `[.., width]`, of which the first `count` rows are used.
  package func add(_ values: [Float], _ count: Int, _ width: Int, to name: String) {
    var own = sums.removeValue(forKey: name) ?? Array(repeating: 0, count: width)
    precondition(own.count == width && count * width <= values.count)
    for row in 0..<count {
      for column in 0..<width {
        let value = Double(values[row * width + column])
        own[column] += value * value
      }
    }
    sums[name] = own
    counts[name, default: 0] += count
  }

  /// The mean squares of each tensor's inputs, `[columns]`.
  package var means: [String: [Float]] {
    sums.reduce(into: [:]) { means, entry in
      let count = Double(counts[entry.key] ?? 1)
      means[entry.key] = entry.value.map { Float($0 / count) }
    }
  }
}
