import CleaveStorage

/// The top of the page: the promise in one sentence and the numbers behind it.
struct PromiseSection {
  let report: Report

  var markup: Markup {
    let name = FileSystem.name(of: report.artifact.path)
    return """
      <header>
      <p class="eyebrow">cleave calibration report · \(report.artifact.manifest.role.rawValue)</p>
      <p class="artifact">\(name)</p>
      \(banner)
      \(headline)
      \(standalone)
      \(tiles)
      \(reading)
      </header>
      """
  }

  private var banner: Markup {
    guard report.isStale else { return .empty }
    return """
      <p class="banner" role="alert"><strong>The promise is void.</strong> Weights, exits or \
      temperatures have changed since this calibration. Run <code>cleave calibrate</code> again.</p>
      """
  }

  private var headline: Markup {
    let statement = Statement(.collaborative, report)
    let isVoid = report.isStale || report.record.collaborative.promise?.passed != true
    return "<h1 class=\"\(isVoid ? "void" : "kept")\">\(statement.text)</h1>"
  }

  private var standalone: Markup {
    "<p class=\"standalone\"><strong>Standalone.</strong> \(Statement(.standalone, report).text)</p>"
  }

  private var tiles: Markup {
    let mode = report.record.collaborative
    let traffic = report.evidence.traffic
    var tiles: [(name: String, value: Markup, note: String)] = []
    if let promise = mode.promise {
      tiles.append(
        (
          "Promised risk", .number("≤ \(promise.risk.roundPercent)", full: promise.risk),
          promise.passed
            ? promise.delta.map { "with \((1 - $0).roundPercent) confidence" } ?? "in expectation"
            : "nothing passed"
        ))
    }
    tiles += [
      (
        "Measured risk", .percent(mode.risk),
        "on \(report.record.calibration.prompts.counted("calibration prompt"))"
      ),
      ("Asks the cloud", .percent(mode.cloudShare), "of tokens"),
      (
        "Uploads", .number(traffic.bytesUpPerToken.bytes, full: traffic.bytesUpPerToken),
        "a token; \(traffic.cloudOnlyBytesUpPerToken.bytes) if it always asked"
      ),
    ]
    let items = tiles.map { tile -> Markup in
      "<div><dt>\(tile.name)</dt><dd>\(tile.value)</dd><dd class=\"sub\">\(tile.note)</dd></div>"
    }
    return "<dl class=\"tiles\">\n\(items.joined())\n</dl>"
  }

  /// The conditions that the sentence does not state.
  private var reading: Markup {
    guard let promise = report.record.collaborative.promise else { return .empty }
    let confidence: String =
      promise.procedure == .conformal || promise.delta == nil
      ? "The expectation is over the calibration prompts too: one calibration alone may do worse."
      : "The confidence is over the draw of the calibration prompts."
    return .note(
      """
      The risk is the mean over prompts of each prompt’s loss, on answers as the policy writes them. \
      \(confidence) It holds for prompts like these, asked and answered in the same way; for others \
      nothing is promised. Found by \(promise.procedure.title).
      """)
  }
}
