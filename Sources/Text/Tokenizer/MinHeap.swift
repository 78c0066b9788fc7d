/// A binary heap that returns the smallest integer first.
struct MinHeap {
  private var values: [UInt64] = []

  mutating func push(_ value: UInt64) {
    var hole = values.count
    values.append(value)
    while hole > 0, values[(hole - 1) / 2] > value {
      values[hole] = values[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    values[hole] = value
  }

  mutating func pop() -> UInt64? {
    guard let last = values.popLast() else { return nil }
    guard let smallest = values.first else { return last }
    var hole = 0
    while 2 * hole + 1 < values.count {
      var child = 2 * hole + 1
      if child + 1 < values.count, values[child + 1] < values[child] { child += 1 }
      guard values[child] < last else { break }
      values[hole] = values[child]
      hole = child
    }
    values[hole] = last
    return smallest
  }
}
