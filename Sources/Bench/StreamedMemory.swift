/// A buffer that is read from end to end, as weights are, to measure the rate of memory.
final class StreamedMemory: Sendable {
  private typealias Lane = SIMD8<UInt64>

  private nonisolated(unsafe) let lanes: UnsafeMutableBufferPointer<Lane>

  var bytes: Int { lanes.count * MemoryLayout<Lane>.stride }

  init(bytes: Int) {
    lanes = .allocate(capacity: bytes / MemoryLayout<Lane>.stride)
    // Written to, or all of it would be the kernel's one page of zeros.
    for index in lanes.indices { lanes.initializeElement(at: index, to: Lane(repeating: 1)) }
  }

  deinit { lanes.deallocate() }

  /// Reads the buffer, each thread its own part, and returns the seconds.
  func secondsToRead(threads: Int) async -> Double {
    let start = ContinuousClock.now
    let sum = await withTaskGroup(of: UInt64.self, returning: UInt64.self) { group in
      for index in 0..<threads {
        let run = lanes.count * index / threads..<lanes.count * (index + 1) / threads
        group.addTask { self.sum(run) }
      }
      return await group.reduce(0, &+)
    }
    let seconds = seconds(since: start)
    // The check also keeps the optimizer from removing the reads.
    precondition(sum == UInt64(lanes.count * Lane.scalarCount), "memory holds other values")
    return seconds
  }

  /// Adds up a range in four sums side by side: a single one would wait for its own additions.
  private func sum(_ run: Range<Int>) -> UInt64 {
    var (a, b, c, d) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    var index = run.lowerBound
    while index + 4 <= run.upperBound {
      a &+= lanes[index]
      b &+= lanes[index + 1]
      c &+= lanes[index + 2]
      d &+= lanes[index + 3]
      index += 4
    }
    while index < run.upperBound {
      a &+= lanes[index]
      index += 1
    }
    return (a &+ b &+ c &+ d).wrappedSum()
  }
}
