import CleaveEvaluate

extension ExitEvaluationReport {
  /// The report as text.
  var text: String {
    let cascadeTarget = ExitStatistics.cascadeTarget.wholePercent
    return [
      "\(prompts) prompts, \(tokens) tokens answered by the whole model; contents "
        + contentSHA256 + notes,
      feedbackText,
      "",
      table([ExitStatistics.header] + exits.map(\.row)),
      "",
      "Share of tokens that may be answered for so many to agree, and the threshold:",
      table([ExitStatistics.coverageHeader] + exits.flatMap(\.coverageRows)),
      "",
      "One after another, each at its threshold for \(cascadeTarget):",
      cascade.text(exits.map(\.depth)),
      "",
      "One after another, each at its own threshold:",
      shipped.text(exits.map(\.depth)),
      "",
      bySourceText,
      "",
      "± is the standard error, clustered by prompt. Computed with \(numerics).",
    ].joined(separator: "\n")
  }

  private var feedbackText: String {
    switch feedback {
    case .none: "Nothing comes back from the cloud."
    case .policy: "The cloud's states come back where no exit is sure by its own threshold."
    case .rate(let rate, _):
      "The cloud's states come back where it is asked, about \((rate * 100).fixed(0)) % of the tokens."
    }
  }

  private var notes: String {
    let counts = [
      (cut, "cut to fit"), (excluded, "excluded"), (repeated, "repeated and left out"),
      (empty, "empty and left out"),
    ]
    return counts.filter { $0.0 > 0 }.map { "; \($0.0) \($0.1)" }.joined()
  }
}

extension ExitStatistics {
  fileprivate static let header = [
    "exit", "agrees", "calibration error", "at temperature 1",
  ]

  fileprivate var row: [String] {
    [
      "\(depth)", agreement.percentText, calibrationError.fixed(4),
      plainCalibrationError.fixed(4),
    ]
  }

  fileprivate static let coverageHeader = ["exit", "agreement", "coverage", "threshold", "agrees"]

  fileprivate var coverageRows: [[String]] {
    coverages.map {
      [
        "\(depth)", $0.target.wholePercent, $0.share.percentText,
        $0.threshold.map { $0.fixed(4) } ?? "never", $0.agreement?.percentText ?? "-",
      ]
    }
  }
}

extension Cascade {
  fileprivate func text(_ depths: [Int]) -> String {
    func row(_ name: String, _ threshold: String, _ part: Part) -> [String] {
      [name, threshold, part.share.percentText, part.agreement?.percentText ?? "-"]
    }
    let rows = depths.indices.map { index in
      row("exit \(depths[index])", thresholds[index].map { $0.fixed(4) } ?? "never", exits[index])
    }
    return table(
      [["answered by", "threshold", "share", "agrees"]] + rows + [row("all", "", all)])
  }
}

extension Estimate {
  var percentText: String {
    value.percent + (standardError.map { " ± \(($0 * 100).fixed(1))" } ?? "")
  }
}

extension Double {
  var wholePercent: String { "\((self * 100).fixed(0)) %" }
}
