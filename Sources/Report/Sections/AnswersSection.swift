/// The section about the sources of answers: shares of tokens, and the confidence of exits when
/// right and when wrong.
struct AnswersSection {
  let report: Report

  var markup: Markup {
    let shares = Mode.allCases.map(shares)
    let histograms = report.exits.indices.map(histogram)
    return .section(
      "answers", "Who answered",
      .grid(shares) + """

        <h3 class="sub">How sure the exits are</h3>
        \(Markup.legend([("key-right", "the whole model’s token"), ("key-wrong", "another token"), ("key-threshold", "threshold"), ("key-threshold-standalone", "threshold, standalone")]))
        \(Markup.grid(histograms))
        \(Markup.note("Every exit on every token of the calibration prompts’ texts by the whole model, by the signal that the thresholds stand on."))
        """)
  }

  private func shares(_ mode: Mode) -> Markup {
    let outcome = report.outcome(mode)
    var bars = report.exits.enumerated().map { index, exit in
      let answerer = Answerer.exit(exit.depth, index: index)
      return BarList.Bar(
        name: answerer.name, value: outcome.exitShares[index],
        text: outcome.exitShares[index].percent, kind: answerer.kind)
    }
    if mode == .collaborative {
      bars.append(
        .init(
          name: Answerer.cloud.name, value: outcome.cloudShare,
          text: outcome.cloudShare.percent, kind: Answerer.cloud.kind))
    }
    return .figure(
      mode.title, BarList(bars: bars, full: 1).svg("Tokens by who answered: \(mode.rawValue)"),
      caption: "Shares of tokens on the calibration prompts.")
  }

  private func histogram(_ index: Int) -> Markup {
    let exit = report.exits[index]
    return .figure(
      "Exit \(exit.depth)", ConfidenceHistogram(report: report, index: index).svg,
      caption: "\(report.thresholdWords(index))")
  }
}

extension Report {
  /// The confidence from which an exit answers, in both modes.
  func thresholdWords(_ index: Int) -> String {
    func words(_ threshold: Double) -> String {
      threshold > 1 ? "never answers" : "answers from \(threshold.fixed(4)) on"
    }
    let isLast = index == exits.count - 1
    let alone = isLast ? "answers what is left" : words(record.standalone.thresholds[index])
    return
      "With the cloud it \(words(record.collaborative.thresholds[index])); standalone it \(alone)."
  }
}
