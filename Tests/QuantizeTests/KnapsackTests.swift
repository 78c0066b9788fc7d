import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Compares the allocation with all possible ones.
@Suite struct KnapsackTests {
  private typealias Option = Knapsack.Option

  private func sums(_ items: [[Option]], _ chosen: [Int]) -> (bytes: Int, loss: Double) {
    zip(items, chosen).reduce((0, 0)) { ($0.0 + $1.0[$1.1].bytes, $0.1 + $1.0[$1.1].loss) }
  }

  /// The least loss that fits; nil if nothing fits.
  private func bruteForce(_ items: [[Option]], budget: Int) -> Double? {
    guard let item = items.first else { return budget >= 0 ? 0 : nil }
    return item.compactMap { option in
      bruteForce(Array(items.dropFirst()), budget: budget - option.bytes).map { $0 + option.loss }
    }.min()
  }

  private func items(_ random: inout SplitMix64, largest: Int) -> [[Option]] {
    (0..<Int.random(in: 1...5, using: &random)).map { _ in
      (0..<Int.random(in: 1...4, using: &random)).map { _ in
        // Multiples of 1/4, so that sums are exact and ties occur.
        Option(
          bytes: Int.random(in: 1...largest, using: &random),
          loss: Double(Int.random(in: 0...20, using: &random)) / 4)
      }
    }
  }

  @Test func itIsTheBest() throws {
    var random = SplitMix64(seed: 11)
    var tooSmall = 0
    for _ in 0..<400 {
      let items = items(&random, largest: 30)
      let budget = Int.random(in: 0...120, using: &random)
      let best = bruteForce(items, budget: budget)
      guard let chosen = Knapsack.solve(items, budget: budget) else {
        #expect(best == nil)
        tooSmall += 1
        continue
      }
      let found = sums(items, chosen)
      #expect(found.bytes <= budget && found.loss == best)
    }
    #expect((20..<380).contains(tooSmall))
  }

  /// Sizes far beyond the number of steps are rounded up to steps: the result never exceeds the
  /// budget, and is no worse than the best for a budget smaller by one step per item.
  @Test func coarseStepsStayWithinTheBudget() throws {
    var random = SplitMix64(seed: 12)
    for _ in 0..<100 {
      let items = items(&random, largest: 1 << 40)
      let smallest = items.reduce(0) { $0 + $1.map(\.bytes).min()! }
      let spare = Int.random(in: 0...(1 << 41), using: &random)
      let found = sums(items, try #require(Knapsack.solve(items, budget: smallest + spare)))
      #expect(found.bytes <= smallest + spare)
      let step = spare / 16384 + 1
      if let bound = bruteForce(items, budget: smallest + spare - items.count * step) {
        #expect(found.loss <= bound)
      }
    }
  }

  @Test func moreBytesNeverLoseMore() throws {
    var random = SplitMix64(seed: 13)
    for _ in 0..<50 {
      let items = items(&random, largest: 30)
      let losses = (0...150).compactMap { budget in
        Knapsack.solve(items, budget: budget).map { sums(items, $0).loss }
      }
      #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 })
    }
  }

  @Test func edges() {
    let pair = [Option(bytes: 3, loss: 2), Option(bytes: 5, loss: 1)]
    #expect(Knapsack.solve([], budget: 0) == [])
    #expect(Knapsack.solve([], budget: -1) == nil)
    #expect(Knapsack.solve([pair, pair], budget: 5) == nil)
    #expect(Knapsack.solve([pair, pair], budget: 6) == [0, 0])
    #expect(Knapsack.solve([pair, pair], budget: 9) == [1, 0])
    #expect(Knapsack.solve([pair, pair], budget: 10) == [1, 1])
    #expect(Knapsack.solve([pair], budget: .max) == [1])
    // The first option among equals is chosen.
    let equal = [Option(bytes: 4, loss: 1), Option(bytes: 4, loss: 1), Option(bytes: 3, loss: 1)]
    #expect(Knapsack.solve([equal, equal], budget: 100) == [0, 0])
  }
}
