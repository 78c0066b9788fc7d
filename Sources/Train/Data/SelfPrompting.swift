import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Lets the model write prompts of its own, so that exits learn from texts as this model knows them and nobody
/// needs data: half as a user's turn in its chat template, half from nothing. Answers follow as for any prompt.
package struct SelfPrompting {
  /// The tokens that the model goes on from.
  package enum Start: String, CaseIterable, Sendable {
    /// The chat template up to where the user's text begins.
    case turn
    /// The token that begins every text or, in a family without one, the one that ends a text.
    case nothing
  }

  /// What the model wrote from one start, in the order of the draws.
  package struct Texts: Equatable, Sendable {
    /// What reports call the source.
    package let name: String
    package let texts: [String]

    package init(name: String, texts: [String]) {
      self.name = name
      self.texts = texts
    }
  }

  private struct Opening {
    let start: Start
    let name: String
    let tokens: [Int]
    var stopTokens: Set<Int>
    /// The text that ends a user's text; nil where only tokens do.
    var mark: String?
    let count: Int
  }

  private let model: WholeModel
  private let tokenizer: Tokenizer
  private let settings: DataSettings.SelfPrompts
  private let seed: UInt64
  private let openings: [Opening]

  /// - Parameter turn: the user's turn in the chat template; nil for a model without one, which writes from
  ///   nothing alone.
  /// - Throws: `SettingError` for a model that nothing can be drawn from.
  package init(
    _ model: WholeModel, tokenizer: Tokenizer, turn: PromptTokenizer.UserTurn?,
    settings: DataSettings.SelfPrompts, seed: UInt64
  ) throws {
    self.model = model
    self.tokenizer = tokenizer
    self.settings = settings
    self.seed = seed
    let (tokens, nothing) = (model.manifest.tokens, Self.beginning(model.manifest, tokenizer))
    guard turn != nil || nothing != nil else {
      throw SettingError(
        .selfPrompts, found: "a model without chat template, beginning or end of text",
        expected: "one of them, to begin from")
    }
    let stop = Set(tokens.endOfText)
    let fromTurn = turn == nil ? 0 : nothing == nil ? settings.count : (settings.count + 1) / 2
    let turns = turn.map { turn in
      Opening(
        start: .turn, name: "own prompts, as a user's turn", tokens: turn.opening,
        stopTokens: stop.union([turn.end].compactMap { $0 }), mark: turn.endText, count: fromTurn)
    }
    let without = turn == nil ? " alone: there is no chat template" : ""
    let others = nothing.map { tokens in
      Opening(
        start: .nothing, name: "own prompts, from nothing\(without)", tokens: tokens,
        stopTokens: stop, mark: nil, count: settings.count - fromTurn)
    }
    openings = [turns, others].compactMap { $0 }.filter { $0.count > 0 }
  }

  /// The tokens that a text of this model begins with before anything is said; nil where there is none.
  private static func beginning(_ manifest: Manifest, _ tokenizer: Tokenizer) -> [Int]? {
    let before = tokenizer.tokensAroundText.before
    guard before.isEmpty else { return before }
    return (manifest.tokens.beginOfText ?? manifest.tokens.endOfText.first).map { [$0] }
  }

  /// Writes the prompts, those as a user's turn first.
  ///
  /// - Parameter progress: called with the prompts written and in all, and the tokens generated.
  /// - Throws: `ContextLimitError` for prompts longer than the model's context.
  package func run(
    pool: ThreadPool, progress: (_ done: Int, _ total: Int, _ tokens: Int) -> Void
  ) throws -> [Texts] {
    var (done, tokens) = (0, 0)
    return try openings.map { opening in
      let decoder = try BatchDecoder(
        model, maxTokens: settings.maxTokens, stopTokens: opening.stopTokens,
        longest: opening.tokens.count + settings.maxTokens, pool: pool)
      let requests = (0..<opening.count).map {
        BatchDecoder.Request(prompt: opening.tokens, sampling: sampling(opening.start, $0))
      }
      var texts = Array(repeating: "", count: opening.count)
      try decoder.run(requests) { request, continuation in
        texts[request] = text(of: continuation.tokens, until: opening.mark)
        (done, tokens) = (done + 1, tokens + continuation.tokens.count)
        progress(done, settings.count, tokens)
      }
      return Texts(name: opening.name, texts: texts)
    }
  }

  /// The sampling of one prompt. What is drawn follows from seed, start and index alone.
  package func sampling(_ start: Start, _ index: Int) -> Sampling {
    let text = "prompt \(seed) \(start.rawValue) \(index)"
    let drawn = FileDigest(of: Array(text.utf8)).sha256.prefix(16)
    return Sampling(
      temperature: settings.temperature, topK: settings.topK, topP: settings.topP,
      seed: UInt64(drawn, radix: 16) ?? 0)
  }

  /// The text of the tokens up to a special one or the mark, without white space and torn characters around it.
  private func text(of tokens: [Int], until mark: String?) -> String {
    let words = tokens.prefix { !tokenizer.isSpecial($0) }
    var text = tokenizer.decode(Array(words))[...]
    if let mark, let end = text.firstRange(of: mark) { text = text[..<end.lowerBound] }
    func isAround(_ character: Character) -> Bool {
      character.isWhitespace || character == "\u{FFFD}"
    }
    while let first = text.first, isAround(first) { text.removeFirst() }
    while let last = text.last, isAround(last) { text.removeLast() }
    return String(text)
  }
}
