import CleaveModel
import CleaveStorage
import CleaveTrain
import Glibc

/// The progress of a training run on standard error.
final class TrainingDisplay {
  private let exits: [ExitRecord]
  private let quiet: Bool
  private let stages: StageProgress
  private let isTerminal = isatty(2) == 1
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?

  init(exits: [ExitRecord], quiet: Bool) {
    self.exits = exits
    self.quiet = quiet
    stages = StageProgress(quiet: quiet)
  }

  private func note(_ text: String) {
    guard !quiet else { return }
    stages.finish()
    Terminal.writeError(text + "\n")
  }

  func show(_ event: CaptureEvent) {
    switch event {
    case .data(let reports):
      for report in reports {
        note(
          "\(report.name): \(report.kept) texts of \(report.read) (\(report.heldOut) held out, "
            + "\(report.duplicates) duplicates, \(report.excluded) excluded, \(report.cut) cut)")
      }
    case .atMost(let size): note("capture will take at most \(size.bytes.formattedBytes)")
    case .exactly(let size):
      note("capture takes \(size.bytes.formattedBytes) for \(size.tokens) tokens")
    case .progress(let stage, let done, let total, _):
      stages.show(stage.rawValue, done, of: total, unit: .items("texts"))
    }
  }

  func show(_ event: FitEvent) {
    switch event {
    case .read(let done, let total): stages.show("init", done, of: total, unit: .items("tokens"))
    case .judged(let done, let total):
      stages.show("init, judging", done, of: total, unit: .items("candidates"))
    case .chosen(let choice): note(choice.text)
    case .fit(let done, let total): stages.show("fit", done, of: total, unit: .items("tokens"))
    case .fitted(let maps): for map in maps { note(map.text) }
    }
  }

  func show(_ beginning: ExitTraining.Beginning) {
    let resumed = beginning.resumedAt.map { ", resumed at step \($0)" } ?? ""
    note(
      "training \(beginning.parameters) parameters on \(beginning.trainingTokens) tokens, "
        + "products in \(beginning.precision.rawValue)\(resumed)")
    if let coverage = beginning.coverage { note(coverage.text) }
  }

  func show(_ report: Trainer.Report) {
    guard !quiet else { return }
    if let record = report.record { return show(record, of: report.steps) }
    let now = clock.now
    guard lastShown.map({ now - $0 >= .seconds(isTerminal ? 1 : 20) }) ?? true else {
      return
    }
    lastShown = now
    let left = Double(report.steps - report.step) / max(1, Double(report.step))
    let perStep = Double(report.tokens) / max(1, Double(report.step))
    let eta = left * Double(report.step) * perStep / max(1, report.tokensPerSecond)
    let losses = report.losses.map { $0.fixed(3) }.joined(separator: " ")
    Terminal.writeError(
      "train  step \(report.step)/\(report.steps)  loss \(losses)  "
        + "\(report.tokensPerSecond.fixed(0)) tokens/s  ETA \(eta.fixed(0)) s\n")
  }

  private func show(_ record: TrainingRecord, of steps: Int) {
    func text(_ scores: [HeldOutScore]) -> String {
      zip(exits, scores).map { exit, score in
        "exit \(exit.depth): loss \(score.loss.fixed(3)), agreement \(score.agreement.percent), "
          + "at 95 % \(score.coverage95.percent)"
      }.joined(separator: "; ")
    }
    note("held out  step \(record.step)/\(steps)  " + text(record.scores))
    if !record.returned.isEmpty {
      note("  the same with feedback at 40 % of the tokens  " + text(record.returned))
    }
  }

  func finish() { stages.finish() }
}

extension ExitTraining.Result {
  func text(output: String, summary: String) -> String {
    let last = history.last
    var lines = ["\(output): \(summary)"]
    for (exit, score) in zip(manifest?.exits ?? [], scores) {
      lines.append(
        "exit \(exit.depth), \(exit.body): agreement \(score.agreement.percent), "
          + "\(score.coverage95.percent) of tokens at 95 % agreement, "
          + "\(score.coverage90.percent) at 90 %; temperature \(exit.temperature.fixed(2)) "
          + "(\(score.tokens) held-out tokens)")
    }
    lines += returned.returnedLines(of: manifest?.exits ?? [])
    lines.append(
      "\(last?.tokens ?? 0) tokens in \(seconds.fixed(0)) s"
        + (end == .stoppedEarly ? ", stopped early" : "")
        + "; the thresholds are not calibrated.")
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "end": .string("\(end)"), "seconds": .real(seconds),
      "peak_bytes": .integer(Int64(peakBytes)),
      "capture": capture?.json ?? .null, "maps": .array(maps.map(\.json)),
      "init": choice?.json ?? .null,
      "steps": ["tokens": .integer(Int64(stepTokens)), "seconds": .real(stepSeconds)],
      "exits": .array(
        zip(manifest?.exits ?? [], scores).map { exit, score in
          ["depth": .integer(Int64(exit.depth)), "record": exit.json, "held_out": score.json]
        }),
      "held_out_feedback": .array(returned.map(\.json)),
      "history": .array(history.map(\.json)),
    ]
  }
}

extension [HeldOutScore] {
  /// Lines for the scores of exits where the cloud is asked about some of the tokens; none where there are none.
  func returnedLines(of exits: [ExitRecord]) -> [String] {
    zip(exits, self).map { exit, score in
      "exit \(exit.depth) with feedback at 40 % of the tokens: agreement \(score.agreement.percent), "
        + "\(score.coverage95.percent) of tokens at 95 % agreement, \(score.coverage90.percent) at 90 %"
    }
  }
}

extension CaptureTimes {
  var json: JSON {
    [
      "generated_tokens": .integer(Int64(generatedTokens)),
      "generation_seconds": .real(generationSeconds), "tokens": .integer(Int64(tokens)),
      "seconds": .real(seconds),
    ]
  }
}

extension VocabularyCoverage {
  /// The coverage in words.
  fileprivate var text: String {
    func share(_ count: Int) -> String { (Double(count) / Double(max(1, answers))).percent }
    return "exit vocabulary: \(tokens) tokens, which are \(share(inVocabulary)) of \(answers) "
      + "held-out answers; the text before these has \(share(inText)) more"
  }
}
