import CleaveModel

/// A histogram of an exit's tokens by confidence, right ones below wrong ones, with the thresholds.
struct ConfidenceHistogram {
  let report: Report
  let index: Int

  private var exit: CalibrationEvidence.Exit { report.evidence.exits[index] }

  var svg: Markup {
    let most = max(1, exit.signalTokens.max() ?? 1)
    let record = report.exits[index]
    let plot = Plot(
      width: 360, height: 240,
      x: Axis("confidence (\(record.signal.rawValue))", 0...1) { $0.fixed(1) },
      y: Axis("tokens", 0...Double(most), ticks: 4, text: Self.count))
    let bars = exit.signalTokens.indices.map { bar($0, plot) }
    return plot.svg(
      "Exit \(exit.depth): tokens by confidence, right and wrong", bars + thresholds(plot))
  }

  private static func count(_ value: Double) -> String {
    value >= 10_000
      ? "\((value / 1000).fixed(0)) k" : value == value.rounded() ? Int(value).grouped : ""
  }

  private func bar(_ bin: Int, _ plot: Plot) -> Markup {
    let count = exit.signalTokens.count
    let range = Double(bin) / Double(count)...Double(bin + 1) / Double(count)
    let (tokens, right) = (exit.signalTokens[bin], exit.signalRight[bin])
    let where_ = "\(range.lowerBound.fixed(2)) to \(range.upperBound.fixed(2))"
    let title = "\(where_): \(right.grouped) right, \((tokens - right).grouped) wrong"
    guard tokens > 0 else { return .empty }
    return plot.bar("mark-bin mark-right", x: range, y: 0...Double(right), title: title)
      + plot.bar("mark-bin mark-wrong", x: range, y: Double(right)...Double(tokens), title: title)
  }

  /// The lines at thresholds: none if the exit is off, and none in standalone mode for the last
  /// exit, which always answers.
  private func thresholds(_ plot: Plot) -> [Markup] {
    let with = report.record.collaborative.thresholds[index]
    let alone = report.record.standalone.thresholds[index]
    var lines: [Markup] = []
    if index < report.exits.count - 1, alone <= 1, alone != with {
      lines.append(
        plot.upright(
          "mark-threshold-standalone", x: alone, title: "threshold, standalone: \(alone)"))
    }
    if with <= 1 {
      lines.append(plot.upright("mark-threshold", x: with, title: "threshold: \(with)"))
    }
    return lines
  }
}
