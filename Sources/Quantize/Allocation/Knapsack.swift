/// Solves the multiple-choice knapsack problem: chooses one option per item so that the sizes fit a
/// budget and the sum of losses is minimal. Uses dynamic programming over the budget in equal
/// steps.
package struct Knapsack {
  /// A choice for an item.
  package struct Option: Sendable {
    package let bytes: Int
    /// The loss of the option, at least 0.
    package let loss: Double

    package init(bytes: Int, loss: Double) {
      self.bytes = bytes
      self.loss = loss
    }
  }

  /// The number of steps into which the budget beyond the smallest options is divided. Sizes are
  /// rounded up to whole steps, so that the budget is never exceeded.
  static let steps = 16384

  /// Chooses an option for each item.
  ///
  /// - Parameters: - items: the options of each item, from 1 to 255. - budget: the size in bytes of
  ///   all items together.
  /// - Returns: the index of each item's option, the first one among equals; nil if even the
  ///   smallest options do not fit.
  package static func solve(_ items: [[Option]], budget: Int) -> [Int]? {
    let smallest = items.map { $0.map(\.bytes).min()! }
    let spare = budget - smallest.reduce(0, +)
    guard spare >= 0 else { return nil }
    let unit = max(1, spare / steps + (spare % steps == 0 ? 0 : 1))
    let capacity = spare / unit
    // best[c] is the least loss of the items so far with c steps beyond their smallest options.
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
