import CleaveModel

/// The numbers behind the risk plot as a table.
struct CandidateTable {
  let report: Report
  let mode: Mode

  var markup: Markup {
    let thresholds = report.exits.map { "threshold \($0.depth)" }
    let header =
      ["candidate"] + thresholds
      + ["tuning risk", "tuning cloud", "risk", "cloud", "p-value", "outcome"]
    return .table(
      "Candidates: \(mode.rawValue)", header: header,
      rows: report.candidates(mode).enumerated().map { row($1, number: $0 + 1) })
  }

  private func row(_ candidate: CalibrationEvidence.Candidate, number: Int) -> [Markup] {
    let outcome =
      candidate.passed ? "passed" : candidate.calibration == nil ? "not reached" : "failed"
    return ["\(number)"] + candidate.thresholds.map { Markup.number(Self.threshold($0), full: $0) }
      + [
        share(candidate.tuning?.risk), share(candidate.tuning?.cloudShare),
        share(candidate.calibration?.risk), share(candidate.calibration?.cloudShare),
        candidate.pValue.map {
          Markup.number($0 > 0 && $0 < 0.0001 ? "< 0.0001" : $0.fixed(4), full: $0)
        } ?? "–",
        "\(outcome)",
      ]
  }

  private static func threshold(_ value: Double) -> String {
    value > 1 ? "off" : value.fixed(4)
  }

  private func share(_ value: Double?) -> Markup { value.map { Markup.percent($0) } ?? "–" }
}
