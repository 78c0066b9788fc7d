import CleaveRuntime
import CleaveStorage
import CleaveText

/// What a request asks for, with every field checked that can be checked without the model.
package struct TextRequest: Sendable {
  package enum Prompt: Sendable {
    case text(String)
    case tokens([Int])
    case chat([ChatMessage])
  }

  /// The format of the answer.
  package enum Format: Sendable { case chat, completion }

  package var format: Format
  /// The name of the model that the client wants; nil where it did not say.
  package var model: String?
  /// The texts to continue, each with an answer of its own.
  package var prompts: [Prompt]
  /// The most tokens of an answer; nil for as many as the context has room for.
  package var maxTokens: Int?
  package var sampling = Sampling.greedy
  package var stop: [String] = []
  /// Whether the answer is sent as it comes.
  package var streams = false
  /// Whether a stream ends with the usage.
  package var streamsUsage = false
  /// Whether the answer begins with the prompt.
  package var echoes = false
  /// The number of most probable tokens whose probabilities are wanted beside that of each token.
  package var logProbabilities: Int?
  package var control = RunControl()
}

/// How the edge answers one request: the field `cleave`, which OpenAI's interface lacks.
package struct RunControl: Sendable, Equatable {
  package enum Mode: String, Sendable, CaseIterable {
    /// The edge answers alone.
    case standalone
    /// Exits answer where they are sure, the cloud elsewhere.
    case collaborative
    /// The text is the whole model's: exits draft, the cloud verifies.
    case lossless
    /// The whole model, without exits.
    case whole
  }

  /// nil takes the server's.
  package var mode: Mode?
  /// Thresholds, one for all exits or one for each; nil takes the server's.
  package var thresholds: [Double]?

  package init(mode: Mode? = nil, thresholds: [Double]? = nil) {
    self.mode = mode
    self.thresholds = thresholds
  }
}
