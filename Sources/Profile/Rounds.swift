/// Runs of the same computation, timed one by one.
struct Rounds: Sendable {
  /// The seconds of each, rising.
  let seconds: [Double]

  /// Runs `body` once to warm up and then until the time is over, three times at least.
  init(seconds limit: Double, _ body: () -> Void) {
    let clock = ContinuousClock()
    body()
    let start = clock.now
    var times: [Double] = []
    while times.count < 3 || (times.count < 1000 && (clock.now - start) / .seconds(1) < limit) {
      times.append(clock.measure(body) / .seconds(1))
    }
    seconds = times.sorted()
  }

  var median: Double { seconds[seconds.count / 2] }

  /// The distance of the quartiles as a share of the median.
  var spread: Double {
    let quarter = seconds.count / 4
    return (seconds[seconds.count - 1 - quarter] - seconds[quarter]) / median
  }
}
