/// Running sums of squares of what tensors read.
package final class ImportanceSums {
  private var sums: [String: [Double]] = [:]
  private var counts: [String: Int] = [:]

  package init() {}

  /// - Parameter values: `[.., width]`, of which the first `count` rows are meant.
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

  /// Mean squares, `[columns]` of each.
  package var means: [String: [Float]] {
    sums.reduce(into: [:]) { means, entry in
      let count = Double(counts[entry.key] ?? 1)
      means[entry.key] = entry.value.map { Float($0 / count) }
    }
  }
}
