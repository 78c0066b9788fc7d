import CleavePrompts
import CleaveRuntime
import CleaveStorage

/// Generates the model's own answers to prompts. An exit is trained on them because it is to agree with this
/// model, on texts as this model writes them.
package struct SelfGeneration {
  package let model: WholeModel
  package let settings: DataSettings.Continuation
  /// The most tokens of a prompt with its answer.
  package let longest: Int
  package let seed: UInt64
  package let pool: ThreadPool

  package init(
    model: WholeModel, settings: DataSettings.Continuation, longest: Int, seed: UInt64,
    pool: ThreadPool
  ) {
    self.model = model
    self.settings = settings
    self.longest = longest
    self.seed = seed
    self.pool = pool
  }

  /// The tokens that end an answer.
  var stopTokens: Set<Int> { Set(model.manifest.tokens.endOfText) }

  /// Decodes side by side, until the token that ends a text.
  ///
  /// - Throws: `ContextLimitError` when the model has fewer positions than `longest`.
  func decoder() throws -> BatchDecoder {
    try BatchDecoder(
      model, maxTokens: settings.maxTokens, stopTokens: stopTokens,
      longest: longest, pool: pool)
  }

  func request(_ text: TrainingText) -> BatchDecoder.Request {
    BatchDecoder.Request(prompt: text.tokens, sampling: sampling(text.digest))
  }

  /// The sampling of the answer to a prompt. Whether it is sampled, and what is drawn, follow from the content
  /// of the prompt and the seed.
  package func sampling(_ digest: ContentDigest) -> Sampling {
    let unit = Double(digest.draw(seed: seed, for: "sampled") >> 11) / Double(1 << 53)
    guard unit < settings.sampledShare else { return .greedy }
    return Sampling(
      temperature: settings.temperature, topK: settings.topK, topP: settings.topP,
      seed: digest.draw(seed: seed, for: "tokens"))
  }
}
