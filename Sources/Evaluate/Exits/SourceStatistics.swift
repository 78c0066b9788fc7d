import CleaveModel
import CleavePrompts

/// The statistics of exits on the prompts of one source, so that a source the exits never saw can be told from
/// those that they learnt from.
package struct SourceStatistics: Sendable {
  package let source: PromptSource
  package let prompts: Int
  package let tokens: Int
  /// How many of all the source's contents had a part in training; nil where the artifact has no record of it.
  package let known: KnownContents?
  /// The statistics of each exit, in rising depth; none where no prompt of the source is left.
  package let exits: [ExitStatistics]
  /// The traffic with each exit at the threshold that it ships with, in each encoding; none where no prompt is left.
  package let traffic: [ExitTraffic]

  init(
    _ source: PromptSource, known: KnownContents?, scores: [PromptScores], manifest: Manifest,
    feedback: FeedbackPlaces
  ) {
    self.source = source
    self.known = known
    prompts = scores.count
    tokens = scores.reduce(0) { $0 + $1.tokens }
    exits = scores.isEmpty ? [] : ExitStatistics.all(of: scores, manifest)
    traffic =
      scores.isEmpty
      ? []
      : ExitTraffic.all(
        of: scores, thresholds: manifest.exits.map(\.threshold),
        manifest.configuration, feedback: feedback.returned(by: manifest))
  }
}
