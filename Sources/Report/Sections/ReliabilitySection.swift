import CleaveModel

/// The section about the reliability of confidences, before and after temperature scaling.
struct ReliabilitySection {
  let report: Report

  var markup: Markup {
    .section(
      "reliability", "What a confidence is worth",
      """
      \(Markup.legend([("key-before", "temperature 1"), ("key-after", "the exit’s temperature"), ("key-diagonal", "as sure as right")]))
      \(Markup.grid(report.evidence.exits.map(figure)))
      \(Markup.note("By the largest probability, in 15 bins. The error is the expected calibration error: how far confidence and share of right tokens are apart, the mean over tokens."))
      """)
  }

  private func figure(_ exit: CalibrationEvidence.Exit) -> Markup {
    let (before, after) = (exit.before.calibrationError, exit.after.calibrationError)
    return .figure(
      "Exit \(exit.depth)", drawing(exit),
      caption: """
        Calibration error <strong>\(Markup.percent(before))</strong> at temperature 1, \
        <strong>\(Markup.percent(after))</strong> at \
        \(Markup.number(exit.temperature.fixed(3), full: exit.temperature)).
        """)
  }

  private func drawing(_ exit: CalibrationEvidence.Exit) -> Markup {
    let plot = Plot(
      width: 360, height: 340, x: .share("confidence"), y: .share("right"), isGridded: true)
    let diagonal = plot.line("mark-diagonal", [(0, 0), (1, 1)], title: "as sure as right")
    return plot.svg(
      "Exit \(exit.depth): share of right tokens by confidence, before and after temperature",
      [diagonal] + series(exit.before, "before", plot) + series(exit.after, "after", plot))
  }

  private func series(
    _ bins: [CalibrationEvidence.Exit.Bin], _ name: String, _ plot: Plot
  ) -> [Markup] {
    let filled = bins.filter { $0.tokens > 0 }
    let points = filled.map { (x: $0.confidence, y: Double($0.right) / Double($0.tokens)) }
    let line = plot.line("mark-line mark-line-\(name)", points, title: name)
    return [line]
      + zip(filled, points).map { bin, point in
        let title =
          "\(name): confidence \(point.x.percent), right \(point.y.percent), \(bin.tokens.counted("token"))"
        return name == "before"
          ? plot.square("mark-reliability mark-before", point, half: 3.5, title: title)
          : plot.circle("mark-reliability mark-after", point, radius: 4, title: title)
      }
  }
}
