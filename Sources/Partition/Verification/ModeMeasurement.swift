import CleaveModel
import CleaveRuntime

/// Measures one mode on all prompts at the shipped thresholds. Each token is compared with the
/// whole model's on the text that the mode itself generated.
struct ModeMeasurement {
  private(set) var report: ModeReport
  /// The number of answers of deeper exits that were generated again from the same text without
  /// skipping blocks, and how many of them differ.
  private(set) var replayed = 0
  private(set) var replayedWrong = 0
  /// The location of the first wrong cloud answer and of the first wrong replay, in words.
  private(set) var firstWrongCloud: String?
  private(set) var firstWrongReplay: String?

  private let standalone: Bool

  init(standalone: Bool, exits: [ExitRecord]) {
    self.standalone = standalone
    let sources = exits.map { Answer.Source.exit(depth: $0.depth) } + (standalone ? [] : [.cloud])
    report = ModeReport(tallies: sources.map { ($0, ModeReport.Tally()) })
  }

  mutating func run(_ prompt: [Int], index: Int, in subject: any VerificationSubject) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let (answers, bytesUp) = try await subject.shipped(prompt, standalone: standalone)
    report.seconds += (clock.now - start) / .seconds(1)
    report.bytesUp += bytesUp
    let truths = try await subject.teacherForced(prompt, answers.map(\.token))
    for (position, (answer, truth)) in zip(answers, truths).enumerated() {
      report.count(answer.source, agrees: answer.token == truth)
      if answer.source == .cloud, answer.token != truth {
        firstWrongCloud = firstWrongCloud ?? "prompt \(index), token \(position)"
      }
    }
    try await replay(prompt, answers, index: index, in: subject)
  }

  /// Generates the last answer of a deeper exit or of one with a tail again. It depends on the most
  /// blocks that ran late, and a session that never skipped any must give the same token.
  private mutating func replay(
    _ prompt: [Int], _ answers: [Answer], index: Int, in subject: any VerificationSubject
  ) async throws {
    let first = subject.exits[0]
    for position in answers.indices.reversed() {
      guard case .exit(let depth) = answers[position].source,
        depth > first.depth || first.body.tailBlocks > 0
      else { continue }
      let text = prompt + answers[..<position].map(\.token)
      replayed += 1
      if try await subject.exitAlone(depth: depth, after: text) != answers[position].token {
        replayedWrong += 1
        firstWrongReplay = firstWrongReplay ?? "prompt \(index), token \(position)"
      }
      return
    }
  }
}
