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

  /// - Parameters:
  ///   - texts: those with a prompt get an answer appended, without the token that ended it.
  ///   - progress: called with the prompts answered and in all, and the tokens generated.
  package func run(
    _ texts: inout [TrainingText], progress: (_ done: Int, _ total: Int, _ tokens: Int) -> Void
  ) throws {
    let asked = texts.indices.filter { texts[$0].promptLength > 0 }
    guard !asked.isEmpty else { return }
    let decoder = try BatchDecoder(
      model, maxTokens: settings.maxTokens, stopTokens: Set(model.manifest.tokens.endOfText),
      longest: longest, pool: pool)
    let requests = asked.map {
      BatchDecoder.Request(prompt: texts[$0].tokens, sampling: sampling(texts[$0].digest))
    }
    var (done, tokens) = (0, 0)
    try decoder.run(requests) { request, continuation in
      texts[asked[request]].tokens += continuation.tokens
      (done, tokens) = (done + 1, tokens + continuation.tokens.count)
      progress(done, asked.count, tokens)
    }
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
