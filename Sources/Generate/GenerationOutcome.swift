import CleaveRuntime

/// A generated text, who answered its tokens, and how long it took.
package struct GenerationOutcome: Sendable {
  package let text: String
  /// The tokens of the text, with what each was answered by.
  package let answers: [Answer]
  /// Why the generation ended: a case of `Generation.End`, "stop_text" or "interruption".
  package let end: String
  package let promptTokens: Int
  package let exitDepths: [Int]
  /// nil without a cloud.
  package let cloud: CloudUsage?
  package let opening: OpeningTimes
  package let timing: GenerationTiming

  /// Tokens per second after the first; 0 where there are none.
  package var tokensPerSecond: Double {
    let seconds = timing.decodeSeconds
    return seconds > 0 && answers.count > 1 ? Double(answers.count - 1) / seconds : 0
  }

  /// Tokens by who answered them. Every source that could have answered is listed, of tiers between those that did.
  package var tokensBySource: [(source: Answer.Source, tokens: Int)] {
    let sources: [Answer.Source] =
      exitDepths.isEmpty || answers.contains { $0.source == .model }
      ? [.model] : exitDepths.map { .exit(depth: $0) } + middles + (cloud == nil ? [] : [.cloud])
    return sources.map { source in (source, answers.filter { $0.source == source }.count) }
  }

  /// The exits of tiers between that answered, in rising depth.
  private var middles: [Answer.Source] {
    let depths = answers.compactMap { answer -> Int? in
      if case .middle(let depth) = answer.source { depth } else { nil }
    }
    return Set(depths).sorted().map { .middle(depth: $0) }
  }
}
