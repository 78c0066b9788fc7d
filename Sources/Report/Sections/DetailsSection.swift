import CleaveModel

/// The section with all inputs and settings, to judge and repeat the calibration.
struct DetailsSection {
  let report: Report

  private var manifest: Manifest { report.artifact.manifest }
  private var record: CalibrationRecord { report.record }

  var markup: Markup {
    .section(
      "details", "Everything used",
      """
      <h3>Exits</h3>
      \(exits)
      <h3>Calibration</h3>
      \(Markup.list(settings))
      <h3>Prompts</h3>
      \(sources)
      <h3>Command</h3>
      <p class="command"><code>\(report.evidence.command.map(Self.quoted).joined(separator: " "))</code></p>
      <h3>How it came to be</h3>
      \(provenance)
      """)
  }

  private var exits: Markup {
    .table(
      "Exits",
      header: ["depth", "body", "signal", "temperature", "threshold", "threshold, standalone"],
      rows: report.exits.enumerated().map { index, exit in
        [
          "\(exit.depth)", "\(exit.body.description)", "\(exit.signal.rawValue)",
          "\("\(exit.temperature)")", "\(threshold(record.collaborative.thresholds[index]))",
          index == report.exits.count - 1
            ? "answers always" : "\(threshold(record.standalone.thresholds[index]))",
        ]
      })
  }

  private func threshold(_ value: Double) -> String {
    value > 1 ? "\(value) (off)" : "\(value)"
  }

  private var settings: [(name: String, value: Markup)] {
    [("Model", Markup.hash(manifest.modelID)), ("Calibrated weights", .hash(record.weightsSHA256))]
      + (report.isStale
        ? [("Weights now", .hash(CalibratedWeights.sha256(of: manifest)))] : [])
      + Mode.allCases.map { ("Promise, \($0.rawValue)", promise(report.outcome($0))) }
      + [
        ("Loss", "\(record.loss)"),
        ("Calibration prompts", data(record.calibration)),
        ("Tuning prompts", data(record.tuning)),
        ("Longest answer", "\(record.setting.maxTokens.counted("token"))"),
        ("Longest prompt", "\(record.setting.longestPrompt.counted("token"))"),
        ("Chat template", "\(record.setting.usesChatTemplate ? "used" : "not used")"),
        ("Numerics", "activations \(record.activations), KV cache \(record.kvCache)"),
      ]
  }

  private func promise(_ outcome: CalibrationMode) -> Markup {
    guard let promise = outcome.promise else {
      guard let bound = outcome.upperBound else {
        return "none; measured risk \("\(outcome.risk)")"
      }
      return
        "none; measured risk \("\(outcome.risk)"), below \("\(bound.risk)") at delta \("\(bound.delta)")"
    }
    let delta = promise.delta.map { "\($0)" } ?? "none"
    return """
      risk \("\(promise.risk)"), delta \(delta), \(promise.procedure.title), \
      \(promise.passed ? "passed" : "nothing passed"); measured risk \("\(outcome.risk)")
      """
  }

  private func data(_ data: CalibrationData) -> Markup {
    "\(data.prompts.grouped), SHA-256 of their digests \(Markup.hash(data.sha256))"
  }

  private var sources: Markup {
    .table(
      "Prompts", header: ["file", "field", "asked as", "prompts", "SHA-256"],
      rows: report.evidence.sources.map {
        [
          "\($0.name)", "\($0.field)", "\($0.format)", "\($0.prompts.grouped)", .hash($0.sha256),
        ]
      })
  }

  private var provenance: Markup {
    let steps = manifest.provenance.map { step -> Markup in
      let inputs = step.inputs.map {
        "<li>\($0.name), \(Double($0.digest.bytes).bytes): \(Markup.hash($0.digest.sha256))</li>"
          as Markup
      }
      let settings = step.settings.map { "<li>\($0.name): \($0.value)</li>" as Markup }
      return """
        <li><strong>\(step.step)</strong> <span class="tool">\(step.tool)</span>
        <ul>\((inputs + settings).joined(""))</ul></li>
        """
    }
    return "<ol class=\"steps\">\n\(steps.joined())\n</ol>"
  }

  /// The argument as it is written in a shell.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
        || "-_=+:,./@%".utf8.contains($0)
    }
    return plain && !argument.isEmpty
      ? argument
      : "'\(argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }
}
