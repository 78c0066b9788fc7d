import CleaveModel

extension LinkProfile {
  /// The profile for people: the link, and what the server takes by columns.
  var text: String {
    var lines = ["round trip \(roundTripMilliseconds.text)"]
    if let requestMilliseconds {
      lines.append("a message and its reply beyond it \(requestMilliseconds.text)")
    }
    lines.append("up \(Self.rate(upBitsPerSecond, upBitsPerSecondP95))")
    if let downBitsPerSecond {
      lines.append("down \(Self.rate(downBitsPerSecond, downBitsPerSecondP95))")
    }
    if let server { lines.append(Self.row("the head by rows", server.head)) }
    if !answers.isEmpty { lines.append(Self.row("an answer by positions that run", answers)) }
    return lines.joined(separator: "\n")
  }

  private static func rate(_ bits: Double, _ low: Double?) -> String {
    "\((bits / 1e6).fixed(1)) Mbit/s"
      + (low.map { " (95 % at least \(($0 / 1e6).fixed(1)))" } ?? "")
  }

  private static func row(_ name: String, _ times: [ServerTime]) -> String {
    "\(name): "
      + times.map { "\($0.columns) \((1000 * $0.seconds).fixed(2)) ms" }.joined(separator: ", ")
  }
}

extension Percentiles {
  fileprivate var text: String { "\(p50.fixed(2)) ms (95 % at most \(p95.fixed(2)))" }
}
