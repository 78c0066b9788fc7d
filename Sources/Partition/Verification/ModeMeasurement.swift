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
    let shipped = try await subject.shipped(prompt, standalone: standalone)
    let answers = shipped.answers
    report.seconds += (clock.now - start) / .seconds(1)
    report.bytesUp += shipped.bytesUp
    report.bytesDown += shipped.bytesDown
    let truths = try await subject.teacherForced(prompt, answers.map(\.token))
    for (position, (answer, truth)) in zip(answers, truths).enumerated() {
      report.count(answer.source, agrees: answer.token == truth)
      if answer.source == .cloud, answer.token != truth {
        firstWrongCloud = firstWrongCloud ?? "prompt \(index), token \(position)"
      }
    }
    try await replay(prompt, answers, index: index, in: subject)
  }

  /// Generates the last answer of a deeper exit or of one with a tail again. It depends on the most blocks that
  /// ran late, and exits that never skipped any must give the same token. Where hidden states come back, every answer
  /// of such an exit is generated again, from the text and the places where the cloud was asked.
  private mutating func replay(
    _ prompt: [Int], _ answers: [Answer], index: Int, in subject: any VerificationSubject
  ) async throws {
    let exits = subject.exits
    let places = answers.indices.filter { place in
      guard case .exit(let depth) = answers[place].source else { return false }
      return depth > exits[0].depth || exits[0].body.tailBlocks > 0
    }
    let replayed = exits.contains { $0.feedback != nil } ? places : places.suffix(1)
    guard let first = replayed.first, let last = replayed.last else { return }
    let text = prompt + answers[..<last].map(\.token)
    let asked = (first...last).map { place in
      answers[..<place].lastIndex { $0.source == .cloud }.map { prompt.count + $0 } ?? 0
    }
    let tokens = try await subject.exitTokens(after: text, last: asked.count, asked: asked)
    for place in replayed {
      guard let exit = exits.firstIndex(where: { .exit(depth: $0.depth) == answers[place].source })
      else { continue }
      self.replayed += 1
      if tokens[exit][place - first] != answers[place].token {
        replayedWrong += 1
        firstWrongReplay = firstWrongReplay ?? "prompt \(index), token \(place)"
      }
    }
  }
}
