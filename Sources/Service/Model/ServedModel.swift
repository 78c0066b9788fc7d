import CleaveGenerate
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

/// A model that is open for many requests: one set of mapped weights, one pool of threads and one cloud for all.
package final class ServedModel: Sendable {
  enum Weights: Sendable {
    case whole(WholeModel)
    case edge(EdgeModel)
  }

  /// The name by which clients know the model.
  package let name: String
  let artifact: Artifact
  let weights: Weights
  let tokenizer: Tokenizer
  private let template: ChatTemplate?
  let cloud: ServedCloud?
  let settings: ServiceSettings
  let pool: ThreadPool
  let conversations: ConversationCache

  /// Opens a model, and its cloud where that is a bundle.
  ///
  /// - Throws: `InputError` for a bundle of another role, or thresholds or a cloud for a model that runs whole;
  ///   `SettingError` for another number of thresholds than exits.
  package init(_ artifact: Artifact, settings: ServiceSettings) throws {
    self.artifact = artifact
    self.settings = settings
    conversations = ConversationCache(limit: settings.conversationBytes)
    let pool = try ThreadPool(threads: settings.threads)
    self.pool = pool
    weights = try Self.weights(artifact, settings)
    tokenizer = try artifact.tokenizer()
    template = try artifact.manifest.tokens.template(tokenizer, file: APIError.templateName)
    cloud = try settings.cloud.map { try ServedCloud($0, settings, pool) }
    name = settings.name ?? Self.lastComponent(artifact.path)
    let mode = defaultMode
    guard mode != .whole else { return }
    _ = try policy(RunControl(mode: mode))
  }

  /// The depths of the exits that may answer.
  package var exitDepths: [Int] {
    if case .edge = weights { artifact.manifest.exits.map(\.depth) } else { [] }
  }
  /// The artifact's path.
  var path: String { artifact.path }
  package var contextLength: Int { artifact.manifest.configuration.contextLength }
  package var hasTemplate: Bool { template != nil }

  /// The modes that a request may ask for.
  package var modes: [RunControl.Mode] {
    switch weights {
    case .whole: [.whole]
    case .edge: cloud == nil ? [.standalone] : [.standalone, .collaborative, .lossless]
    }
  }

  /// The mode of a request that names none.
  package var defaultMode: RunControl.Mode {
    switch weights {
    case .whole: .whole
    case .edge:
      cloud == nil ? .standalone : settings.session.isLossless ? .lossless : .collaborative
    }
  }

  /// The tokens of a prompt.
  ///
  /// - Throws: `APIError` for ids outside the vocabulary, no tokens, or a model without a chat template;
  ///   `InputError` for a template that rejects the messages.
  func tokens(of prompt: TextRequest.Prompt) throws -> [Int] {
    let tokens: [Int]
    switch prompt {
    case .text(let text): tokens = tokenizer.encode(text)
    case .tokens(let ids): tokens = ids
    case .chat(let messages):
      guard let template else {
        throw APIError(
          400, "\(name) has no chat template; ask /v1/completions", parameter: "messages",
          code: "no_chat_template")
      }
      let text = try template.render(messages, addGenerationPrompt: true)
      tokens = tokenizer.encode(text, addSpecialTokens: false)
    }
    guard !tokens.isEmpty else { throw APIError(400, "the prompt has no tokens") }
    let vocabulary = artifact.manifest.configuration.vocabularySize
    if let outside = tokens.first(where: { $0 >= vocabulary }) {
      throw APIError(
        400, "prompt: found the token \(outside); expected ids below \(vocabulary)",
        parameter: "prompt")
    }
    return tokens
  }

  private static func weights(_ artifact: Artifact, _ settings: ServiceSettings) throws -> Weights {
    switch artifact.manifest.role {
    case .edge: return .edge(try EdgeModel(artifact))
    case .model where settings.cloud == nil && settings.thresholds == nil:
      return .whole(try WholeModel(artifact))
    case let role:
      throw InputError(
        file: artifact.path, location: "role", found: role.rawValue,
        expected: "an edge bundle, or a model to run whole without --cloud and --threshold")
    }
  }

  private static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
