import CleaveModel

/// The section of sample texts generated with the calibrated policy, each token in the colour of
/// its source.
struct SamplesSection {
  private let report: Report
  /// The exits that gave tokens, by what the evidence calls them.
  private let exits: [String: (name: String, kind: String)]

  init(report: Report) {
    self.report = report
    exits = Dictionary(
      uniqueKeysWithValues: report.exits.enumerated().map {
        ("exit_\($1.depth)", Answerer.exit($1.depth, index: $0))
      })
  }

  var markup: Markup {
    let samples = report.evidence.samples
    guard !samples.isEmpty else {
      return .section("samples", "Samples", .note("None were kept."))
    }
    return .section(
      "samples", "Samples",
      """
      \(Markup.legend(legend))
      \(Markup.note("Point at a token, or tap it, for who gave it and how sure it was."))
      \(samples.enumerated().map { sample($1, number: $0 + 1) }.joined())
      """)
  }

  private var legend: [(kind: String, text: String)] {
    report.exits.enumerated().map { index, exit in
      let answerer = Answerer.exit(exit.depth, index: index)
      return ("token \(answerer.kind)", answerer.name)
    } + [("token cloud", "cloud"), ("token differs", "not what the whole model would say")]
  }

  private func sample(_ sample: CalibrationEvidence.Sample, number: Int) -> Markup {
    let differing = sample.tokens.count { !$0.agrees }
    let cloud = sample.tokens.count { $0.source == "cloud" }
    return """
      <article class="sample">
      <h3>\(number). \(sample.mode)</h3>
      <p class="prompt">\(sample.prompt)</p>
      <p class="answer">\(sample.tokens.map(token).joined(""))</p>
      <p class="note">\(sample.tokens.count.counted("token")), \(cloud.grouped) by the cloud, \
      \(differing.grouped) unlike the whole model’s; loss \(Markup.percent(sample.loss))</p>
      </article>
      """
  }

  private func token(_ token: CalibrationEvidence.Sample.Token) -> Markup {
    let answerer = exits[token.source] ?? Answerer.cloud
    let agreement = token.agrees ? "as the whole model" : "the whole model says another"
    let title = "\(answerer.name), confidence \(token.confidence.fixed(4)), \(agreement)"
    let differs = token.agrees ? "" : " differs"
    return """
      <span class="token \(answerer.kind)\(differs)" tabindex="-1" title="\(title)">\
      \(shown(token.text))</span>
      """
  }

  /// The text with its line ends visible.
  private func shown(_ text: String) -> Markup {
    guard !text.isEmpty else { return "<span class=\"sign\">∅</span>" }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(String($0))" as Markup }.joined("<span class=\"sign\">↵</span>\n")
  }
}
