import Glibc

/// A part of a pass through the blocks.
package enum PassPart: String, CaseIterable, Sendable {
  /// Products with matrices, and the rounding of what they read.
  case products
  /// Scores, softmax and sums over values, and the writing of keys and values.
  case attention
  /// Norms, biases and copies of rows.
  case vectors
  /// The final norm, the unembedding and the choice of tokens.
  case head
  /// The packing of states that are sent back.
  case packing
}

/// A clock that says how much processor time of the calling thread each part of the passes took. Who else runs on the
/// core meanwhile does not count.
struct PartClock {
  private var times = [Duration](repeating: .zero, count: PassPart.allCases.count)
  private var last = Duration.zero

  /// The processor time that this thread has used.
  static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Begins a pass, on the thread that runs it: the time before it is no part's.
  mutating func begin() { last = Self.now }

  /// The time since the last call was this part's.
  mutating func end(_ part: PassPart) {
    let now = Self.now
    times[Self.index(part)] += now - last
    last = now
  }

  /// A part's time that was counted for another, within which it was measured apart.
  mutating func move(_ time: Duration, from other: PassPart, to part: PassPart) {
    times[Self.index(other)] -= time
    times[Self.index(part)] += time
  }

  func time(_ part: PassPart) -> Duration { times[Self.index(part)] }

  private static func index(_ part: PassPart) -> Int {
    switch part {
    case .products: 0
    case .attention: 1
    case .vectors: 2
    case .head: 3
    case .packing: 4
    }
  }
}
