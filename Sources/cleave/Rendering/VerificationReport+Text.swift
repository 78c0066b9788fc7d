import CleavePartition

extension VerificationReport {
  /// The report as text.
  var text: String {
    var lines = checks.map { check in
      let mark = check.passed.map { $0 ? "pass" : "FAIL" } ?? "skip"
      return "\(mark)  \(check.name): \(check.detail)"
    }
    if let collaborative {
      lines += ["", "Collaborative, shipped thresholds:", collaborative.text]
    }
    if let standalone { lines += ["", "Standalone, no cloud:", standalone.text] }
    if !heldOut.isEmpty { lines += ["", heldOut.text] }
    lines += ["", "Computed with \(numerics).", verified ? "VERIFIED" : "NOT VERIFIED"]
    return lines.joined(separator: "\n")
  }
}

extension ModeReport {
  var text: String {
    var rows = [["  answered by", "tokens", "share", "agrees with the whole model"]]
    for (source, tally) in tallies {
      rows.append([
        "  \(source.label)", "\(tally.tokens)", ratio(tally.tokens, tokens).percent,
        tally.tokens > 0 ? ratio(tally.agreeing, tally.tokens).percent : "-",
      ])
    }
    rows.append(["  all", "\(tokens)", "", agreement.percent])
    return table(rows) + "\n  cloud requests \(cloudRequestRate.percent), "
      + "\(bytesUpPerToken.fixed(0)) bytes up and \(bytesDownPerToken.fixed(0)) down per token, "
      + "\(tokensPerSecond.fixed(1)) tok/s (\(seconds.fixed(1)) s)"
  }
}

extension [HeldOutRisk] {
  /// The measured risks beside the promised ones, as a table.
  fileprivate var text: String {
    let rows = map { risk in
      let error = risk.risk.standardError.map { " ± \($0.percent)" } ?? ""
      let promise = risk.promise.flatMap { $0.passed ? "at most \($0.risk.percent)" : nil }
      return [
        "  \(risk.mode)", promise ?? "nothing", risk.calibrationRisk.percent,
        risk.risk.value.percent + error, risk.calibrationCloudShare.percent,
        risk.cloudShare.percent,
      ]
    }
    let head = ["", "promised", "calibration", "held out", "cloud, calibration", "held out"]
    return "\(first?.loss ?? "") of \(first?.prompts ?? 0) held-out prompts:\n"
      + table([head] + rows)
  }
}
