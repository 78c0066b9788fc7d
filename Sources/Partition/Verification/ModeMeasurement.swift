import CleaveModel
import CleaveRuntime

/// One mode, run over all prompts at the shipped thresholds, every token judged on the text the mode
/// itself wrote.
struct ModeTrial {
  private(set) var report: ModeReport
  /// Answers of exits with blocks that are caught up with, which were asked for again after the same text,
  /// and how many came out different.
  private(set) var replayed = 0
  private(set) var replayedWrong = 0
  /// Where the first wrong cloud answer and the first wrong replay stood.
  private(set) var firstWrongCloud: String?
  private(set) var firstWrongReplay: String?

  private let standalone: Bool

  init(standalone: Bool, exits: [ExitRecord]) {
    self.standalone = standalone
    let sources = exits.map { Answer.Source.exit(depth: $0.depth) } + (standalone ? [] : [.cloud])
    report = ModeReport(tallies: sources.map { ($0, ModeReport.Tally()) })
  }

  mutating func run(_ prompt: [Int], index: Int, in trial: any TrialSubject) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let (answers, bytesUp) = try await trial.shipped(prompt, standalone: standalone)
    report.seconds += (clock.now - start) / .seconds(1)
    report.bytesUp += bytesUp
    let truths = try await trial.teacherForced(prompt, answers.map(\.token))
    for (position, (answer, truth)) in zip(answers, truths).enumerated() {
      report.count(answer.source, agrees: answer.token == truth)
      if answer.source == .cloud, answer.token != truth {
        firstWrongCloud = firstWrongCloud ?? "prompt \(index), token \(position)"
      }
    }
    try await replay(prompt, answers, index: index, in: trial)
  }

  /// The last answer of a deeper exit, or of one with a tail, stands on the most blocks that ran late: a
  /// session that never skipped any must give the same token.
  private mutating func replay(
    _ prompt: [Int], _ answers: [Answer], index: Int, in trial: any TrialSubject
  ) async throws {
    let first = trial.exits[0]
    for position in answers.indices.reversed() {
      guard case .exit(let depth) = answers[position].source,
        depth > first.depth || first.body.tailBlocks > 0
      else { continue }
      let text = prompt + answers[..<position].map(\.token)
      replayed += 1
      if try await trial.exitAlone(depth: depth, after: text) != answers[position].token {
        replayedWrong += 1
        firstWrongReplay = firstWrongReplay ?? "prompt \(index), token \(position)"
      }
      return
    }
  }
}
