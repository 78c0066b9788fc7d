import Glibc

/// The learning rate over the steps: a linear warm-up, then half a cosine down to the share `floor` of the highest
/// rate.
package struct LearningSchedule: Equatable, Sendable {
  /// The highest rate.
  package var rate: Double
  package var warmUp: Int
  package var steps: Int
  /// The share of the highest rate that is left at the end.
  package var floor: Double

  package init(rate: Double, warmUp: Int, steps: Int, floor: Double = 0.05) {
    self.rate = rate
    self.warmUp = warmUp
    self.steps = steps
    self.floor = floor
  }

  /// - Parameter step: the number of steps done before.
  package func rate(at step: Int) -> Double {
    guard step >= warmUp else { return rate * Double(step + 1) / Double(warmUp) }
    let done = min(1, Double(step - warmUp) / Double(max(1, steps - warmUp)))
    return rate * (floor + (1 - floor) * (1 + cos(.pi * done)) / 2)
  }
}
