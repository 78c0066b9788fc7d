import CleaveModel

/// A plot of risk against cost for one mode: all candidates on both sets of prompts, the promise
/// and the chosen candidate.
struct RiskPlot {
  let report: Report
  let mode: Mode
  let size: (width: Double, height: Double)
  /// The top of the y axis: above all tested candidates and the promise, but not above all untested
  /// candidates, which would compress the rest.
  private let top: Double

  init(report: Report, mode: Mode, size: (width: Double, height: Double)) {
    (self.report, self.mode, self.size) = (report, mode, size)
    let (outcome, candidates) = (report.outcome(mode), report.candidates(mode))
    let tested = candidates.compactMap(\.calibration?.risk) + [outcome.risk]
    let bound = outcome.promise?.risk ?? outcome.upperBound?.risk ?? 0
    let least = max(1.25 * (tested.max() ?? 0), 1.5 * bound)
    let tuned = candidates.compactMap(\.tuning?.risk).max() ?? 0
    top = min(1, max(least, min(1.1 * tuned, 3 * bound), 0.005))
  }

  private var outcome: CalibrationMode { report.outcome(mode) }
  private var candidates: [CalibrationEvidence.Candidate] { report.candidates(mode) }

  /// The cost on the x axis: the share of tokens from the cloud or, standalone, the share that
  /// needs more than the first exit.
  func cost(_ cloudShare: Double, _ exitShares: [Double]) -> Double {
    mode == .collaborative ? cloudShare : max(0, 1 - (exitShares.first ?? 0))
  }

  private func point(_ outcome: CalibrationEvidence.Outcome) -> Plot.Point {
    (cost(outcome.cloudShare, outcome.exitShares), outcome.risk)
  }

  private var chosen: Plot.Point { (cost(outcome.cloudShare, outcome.exitShares), outcome.risk) }

  /// The number of candidates whose risk on the tuning prompts is above the plot.
  var hidden: Int { candidates.count { ($0.tuning?.risk ?? 0) > top } }

  private var plot: Plot {
    Plot(
      width: size.width, height: size.height,
      x: .share(mode == .collaborative ? "tokens of the cloud" : "tokens past the first exit"),
      y: .share(
        report.record.loss == "disagreement" ? "risk: tokens that differ" : "risk: mean loss",
        0...top),
      isGridded: true)
  }

  func svg(kind: String) -> Markup {
    let plot = plot
    var marks = mode == .collaborative ? frontiers(plot) : []
    marks += candidates.enumerated().compactMap { tuning($1, $0, plot) }
    marks += promise(plot)
    marks += candidates.enumerated().compactMap { tested($1, $0, plot) }
    marks += choice(plot)
    return plot.svg(
      "Risk against \(plot.x.label): \(candidates.count) candidates", kind: kind, marks)
  }

  private func frontiers(_ plot: Plot) -> [Markup] {
    report.evidence.frontiers.enumerated().map { index, frontier in
      let points = frontier.points.map { (x: $0.cloudShare, y: $0.disagreement) }
        .sorted { ($0.x, $0.y) < ($1.x, $1.y) }
      return plot.line(
        "mark-frontier signal-\(index % 3)", points,
        title: "open loop, signal \(frontier.signal.rawValue)")
    }
  }

  private func promise(_ plot: Plot) -> [Markup] {
    if let promise = outcome.promise {
      return [
        plot.level(
          "mark-promise", y: promise.risk, "promised: at most \(promise.risk.roundPercent)")
      ]
    }
    guard let bound = outcome.upperBound else { return [] }
    return [plot.level("mark-promise", y: bound.risk, "measured: below \(bound.risk.percent)")]
  }

  private func words(_ candidate: CalibrationEvidence.Candidate, _ index: Int) -> String {
    let thresholds = candidate.thresholds.map { $0.fixed(4) }.joined(separator: ", ")
    return "candidate \(index + 1), thresholds \(thresholds)"
  }

  private func tuning(
    _ candidate: CalibrationEvidence.Candidate, _ index: Int, _ plot: Plot
  ) -> Markup? {
    guard let outcome = candidate.tuning, outcome.risk <= top else { return nil }
    let point = point(outcome)
    let title =
      "\(words(candidate, index)); tuning: risk \(outcome.risk.percent), \(point.x.percent) cost"
    guard candidate.calibration != nil else {
      return plot.square(
        "mark-tuning mark-unreached", point, half: 3, title: "\(title); not reached")
    }
    return plot.circle("mark-tuning", point, radius: 2.5, title: title)
  }

  private func tested(
    _ candidate: CalibrationEvidence.Candidate, _ index: Int, _ plot: Plot
  ) -> Markup? {
    guard let outcome = candidate.calibration else { return nil }
    let point = point(outcome)
    let value = candidate.pValue.map { ", p = \($0)" } ?? ""
    let title =
      "\(words(candidate, index)): risk \(outcome.risk), \(plot.x.label) \(point.x)\(value), "
      + (candidate.passed ? "passed" : "failed")
    return candidate.passed
      ? plot.circle("mark-candidate mark-passed", point, radius: 4, title: title)
      : plot.cross("mark-candidate mark-failed", point, half: 5, title: title)
  }

  private func choice(_ plot: Plot) -> [Markup] {
    let (x, y) = (plot.at(x: chosen.x), plot.at(y: chosen.y))
    let title = "chosen: risk \(outcome.risk), \(plot.x.label) \(chosen.x)"
    let nothing = outcome.promise?.passed == false
    let words =
      nothing
      ? (mode == .collaborative ? "every exit off" : "measured only")
      : "chosen: \(chosen.x.percent)" + (size.width < 500 ? "" : ", risk \(outcome.risk.percent)")
    // There is room below the candidates, which fall to the right; at an edge the label goes to the
    // other side.
    let atLeft = x - 8 - 7 * Double(words.count) > Plot.left
    let dy = plot.floor - y < 30 ? -14.0 : 22.0
    let anchor = atLeft ? "end" : "start"
    return [
      plot.circle("mark-chosen", chosen, radius: 8, title: title),
      """
      <text class="mark-chosen-text" x="\(at: x + (atLeft ? -8 : 8))" \
      y="\(at: y + (atLeft ? dy : -14))" text-anchor="\(anchor)">\(words)</text>
      """,
    ]
  }
}
