/// The section that compares risk with the share of tokens from the cloud.
struct RiskSection {
  let report: Report

  var markup: Markup {
    var content = drawing(.collaborative, legend: true)
    if report.exits.count > 1, !report.evidence.standaloneCandidates.isEmpty {
      content = content + "\n" + drawing(.standalone, legend: false)
    }
    return .section("risk", "Risk against cloud requests", content)
  }

  private func drawing(_ mode: Mode, legend: Bool) -> Markup {
    let wide = RiskPlot(report: report, mode: mode, size: (760, mode == .collaborative ? 400 : 300))
    let narrow = RiskPlot(report: report, mode: mode, size: (360, 320))
    let hidden =
      wide.hidden > 0
      ? " \(wide.hidden.counted("candidate")) with a higher risk on the tuning prompts stand above the plot."
      : ""
    return """
      <figure class="large">
      <h3>\(mode.title)</h3>
      \(wide.svg(kind: "wide"))
      \(narrow.svg(kind: "narrow"))
      \(self.legend(mode))
      <figcaption>\(explanation(mode))\(hidden)</figcaption>
      </figure>
      \(Markup.details("The candidates in numbers", CandidateTable(report: report, mode: mode).markup))
      """
  }

  private func legend(_ mode: Mode) -> Markup {
    let candidates = report.candidates(mode)
    var entries = [(kind: "key-chosen", text: "chosen")]
    if candidates.contains(where: \.passed) { entries.append(("key-passed", "passed")) }
    if candidates.contains(where: { !$0.passed && $0.calibration != nil }) {
      entries.append(("key-failed", "failed"))
    }
    if candidates.contains(where: { $0.tuning != nil && $0.calibration != nil }) {
      entries.append(("key-tuning", "the same on the tuning prompts"))
    }
    if candidates.contains(where: { $0.tuning != nil && $0.calibration == nil }) {
      entries.append(("key-unreached", "not reached (tuning prompts)"))
    }
    if mode == .collaborative {
      entries += report.evidence.frontiers.enumerated().map { index, frontier in
        ("key-line signal-\(index % 3)", "\(frontier.signal.rawValue), open loop")
      }
    }
    return .legend(entries)
  }

  private func explanation(_ mode: Mode) -> String {
    switch mode {
    case .collaborative:
      return
        "Each candidate is a set of thresholds, tested from safe to bold on the calibration prompts, text by "
        + "text as it writes them, until the first fails. Lines are what each signal could do on the whole "
        + "model’s own texts of the tuning prompts: there nothing was written, so they are no "
        + "outcome, but a guide to the choice."
    case .standalone:
      return "The last exit answers whatever the others leave to it. Tokens past the first exit "
        + "are what standalone costs in time."
    }
  }
}
