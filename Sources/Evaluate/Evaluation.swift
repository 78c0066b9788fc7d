import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Runs `cleave eval`: measures a model's perplexity on a text, and its divergence from a
/// reference.
package struct Evaluation {
  /// Settings of an evaluation.
  package struct Settings: Sendable {
    /// The number of tokens in a window.
    package var windowLength = 512
    /// The number of windows from the start of the text; nil for all.
    package var windows: Int?
    /// The number of threads; nil for one per processor.
    package var threads: Int?
    /// The numerics of the model. The reference runs with exact numerics.
    package var numerics = Numerics.standard

    package init() {}
  }

  private let model: Artifact
  private let reference: Artifact?
  private let data: String
  private let text: EvaluationText
  private let scorer: Scorer
  private let settings: Settings
  /// Called with the number of tokens read so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  /// Opens models and text.
  ///
  /// - Throws: `InputError` if the evaluation is not possible, before any token is read.
  package init(
    model: Artifact, reference: Artifact? = nil, data: String, settings: Settings = Settings()
  ) throws {
    let length = settings.windowLength
    for artifact in [model, reference].compactMap({ $0 }) {
      try Self.requireWhole(artifact)
      try Self.requireContext(artifact, length)
    }
    let tokenizer = try Tokenizer(try model.tokenizerJSON())
    text = try EvaluationText(
      path: data, tokenizer: tokenizer, windowLength: length, windows: settings.windows)
    if let reference {
      try Self.requireSameTokens(
        text, of: data, settings, (tokenizer, model),
        (try Tokenizer(reference.tokenizerJSON()), reference))
    }
    scorer = try Scorer(
      try WholeModel(model), reference: try reference.map(WholeModel.init),
      numerics: settings.numerics,
      pool: try ThreadPool(threads: settings.threads),
      names: (model.path, reference?.path ?? ""))
    self.model = model
    self.reference = reference
    self.data = data
    self.settings = settings
  }

  /// Scores the windows of the text.
  ///
  /// - Throws: `InputError` if logits are not finite.
  package func run() async throws -> EvaluationReport {
    var windows: [WindowScores] = []
    var done = 0
    // The last token of a window is scored but not read.
    let total = text.windowCount * (text.windowLength - 1)
    for index in 0..<text.windowCount {
      windows.append(
        try await scorer.score(text.window(index)) {
          done += $0
          progress(done, total)
        })
    }
    return EvaluationReport(
      modelID: model.manifest.modelID, referenceID: reference?.manifest.modelID,
      data: .init(name: FileSystem.name(of: data), digest: text.digest), text: text,
      windows: windows, numerics: settings.numerics)
  }
}
