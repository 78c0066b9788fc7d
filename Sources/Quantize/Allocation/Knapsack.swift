/// Chooses one option for each item so that the sizes stay within a budget and the losses add up to the
/// least: the multiple-choice knapsack, by dynamic programming over the budget in equal steps.
package struct Knapsack {
  package struct Option: Sendable {
    package let bytes: Int
    /// Not negative.
    package let loss: Double

    package init(bytes: Int, loss: Double) {
      self.bytes = bytes
      self.loss = loss
    }
  }

  /// Steps that the budget beyond the smallest options is divided into. Sizes are rounded up to them,
  /// so that the budget is never exceeded.
  static let steps = 16384

  /// - Parameters:
  ///   - items: the options of each, at least one.
  ///   - budget: bytes for all.
  /// - Returns: the index of each item's option, the first of equals; nil when even the smallest
  ///   options do not fit.
  package static func solve(_ items: [[Option]], budget: Int) -> [Int]? {
    let smallest = items.map { $0.map(\.bytes).min()! }
    let spare = budget - smallest.reduce(0, +)
    guard spare >= 0 else { return nil }
    let unit = max(1, spare / steps + (spare % steps == 0 ? 0 : 1))
    let capacity = spare / unit
    // best[c]: the least loss of the items so far with c steps beyond their smallest options.
    var best = [Double](repeating: 0, count: capacity + 1)
    var choices: [[UInt8]] = []
    for (item, least) in zip(items, smallest) {
      precondition((1...255).contains(item.count))
      let steps = item.map { ($0.bytes - least + unit - 1) / unit }
      var next = [Double](repeating: .infinity, count: capacity + 1)
      var choice = [UInt8](repeating: 0, count: capacity + 1)
      for (index, option) in item.enumerated() where steps[index] <= capacity {
        for c in steps[index]...capacity {
          let loss = best[c - steps[index]] + option.loss
          if loss < next[c] {
            next[c] = loss
            choice[c] = UInt8(index)
          }
        }
      }
      best = next
      choices.append(choice)
    }
    return trace(items, smallest, choices, unit: unit, capacity: capacity)
  }

  /// Reads the choices backwards from the full budget.
  private static func trace(
    _ items: [[Option]], _ smallest: [Int], _ choices: [[UInt8]], unit: Int, capacity: Int
  ) -> [Int] {
    var left = capacity
    var chosen = [Int](repeating: 0, count: items.count)
    for index in items.indices.reversed() {
      chosen[index] = Int(choices[index][left])
      left -= (items[index][chosen[index]].bytes - smallest[index] + unit - 1) / unit
    }
    return chosen
  }
}
