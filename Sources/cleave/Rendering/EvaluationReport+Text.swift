import CleaveEvaluate

extension EvaluationReport {
  /// The report as text.
  var text: String {
    var rows = [["", "", "standard error"], model.perplexity.row("perplexity", digits: 3)]
    if let comparison { rows += comparison.rows }
    var lines = [
      "\(data.name): \(windows.count) \(windows.count == 1 ? "window" : "windows") of \(windowLength) tokens, \(scoredTokens) scored",
      "",
      table(rows),
    ]
    lines += ["", "Standard errors are clustered by window."]
    if windows.count == 1 { lines.append("One window has none.") }
    return lines.joined(separator: "\n")
  }
}

extension ReferenceStatistics {
  fileprivate var rows: [[String]] {
    [
      reference.perplexity.row("  of the reference", digits: 3),
      logPerplexityRatio.row("  ln of the ratio", digits: 5),
      divergence.row("divergence per token, nats", digits: 5),
      ["  median", medianDivergence.fixed(5)],
      ["  99th percentile", divergence99.fixed(5)],
      ["  largest", largestDivergence.fixed(5)],
      topAgreement.percentRow("same most probable token"),
      probabilityChange.percentRow("change of the token's probability, RMS"),
    ]
  }
}

extension Estimate {
  fileprivate func row(_ name: String, digits: Int) -> [String] {
    [name, value.fixed(digits), standardError?.fixed(digits) ?? "-"]
  }

  fileprivate func percentRow(_ name: String) -> [String] {
    func percent(_ value: Double) -> String { "\((value * 100).fixed(2)) %" }
    return [name, percent(value), standardError.map(percent) ?? "-"]
  }
}
