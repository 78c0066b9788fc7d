import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// The results of an evaluation of exits, with the prompts and settings that they hold for.
package struct ExitEvaluationReport: Sendable {
  package let modelID: String
  package let sources: [PromptSource]
  package let prompts: Int
  /// The number of prompts that were cut because they were too long.
  package let cut: Int
  package let excluded: Int
  package let repeated: Int
  /// The number of texts of nothing but white space, which were left out.
  package let empty: Int
  /// The digest of the set of prompts (`PromptSet.contentSHA256`).
  package let contentSHA256: String
  package let maxTokens: Int
  package let usesChatTemplate: Bool
  /// Where the cloud was asked, so that its states came back.
  package let feedback: FeedbackPlaces
  package let numerics: Numerics
  /// The statistics of each exit, in rising depth.
  package let exits: [ExitStatistics]
  /// All exits, each at its threshold for `ExitStatistics.cascadeTarget`.
  package let cascade: Cascade
  /// All exits, each at the threshold that it ships with.
  package let shipped: Cascade
  /// The statistics of each source of prompts alone, in the order given.
  package let bySource: [SourceStatistics]
  /// The traffic with each exit at its own threshold, in each encoding.
  package let traffic: [ExitTraffic]

  init(
    manifest: Manifest, set: PromptSet, settings: ExitEvaluation.Settings, scores: [PromptScores]
  ) {
    modelID = manifest.modelID
    sources = settings.prompts
    prompts = set.prompts.count
    (cut, excluded, repeated) = (set.cut, set.excluded, set.repeated)
    empty = set.empty
    contentSHA256 = set.contentSHA256
    maxTokens = settings.maxTokens
    usesChatTemplate = settings.usesChatTemplate
    feedback = settings.feedback
    numerics = settings.numerics
    exits = ExitStatistics.all(of: scores, manifest)
    cascade = Cascade(thresholds: exits.map(\.cascadeThreshold), of: scores)
    let thresholds = manifest.exits.map { Double?($0.threshold) }
    shipped = Cascade(thresholds: thresholds, of: scores)
    traffic = ExitTraffic.all(
      of: scores, thresholds: thresholds, manifest.configuration,
      feedback: settings.feedback.returned(by: manifest))
    bySource = zip(settings.prompts, set.known).enumerated().map { index, source in
      SourceStatistics(
        source.0, known: source.1, scores: scores.filter { $0.source == index },
        manifest: manifest, feedback: settings.feedback)
    }
  }

  package var tokens: Int { exits.first?.tokens ?? 0 }
}
