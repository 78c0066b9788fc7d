import CleaveModel
import CleaveStorage
import CleaveText

/// Chooses the tokens of an exit vocabulary by how often the model says them.
package struct VocabularyChooser {
  private let count: Int
  private let vocabulary: Int
  private let includesText: Bool
  /// The tokens that every exit vocabulary has, rising.
  package let always: [Int]

  /// - Parameter count: the number of tokens to choose.
  /// - Throws: `SettingError` for more tokens than the model has, or fewer than those that end answers and structure
  ///   a conversation; `InputError` for a chat template that is not known.
  package init(count: Int, _ artifact: Artifact) throws {
    let configuration = artifact.manifest.configuration
    vocabulary = configuration.vocabularySize
    // The edge holds the rows of other tokens only where it embeds with them.
    includesText = configuration.tiedEmbeddings
    self.count = count
    always = try Self.always(artifact)
    try Self.check(count: count, vocabulary: vocabulary)
    guard count >= max(1, always.count) else {
      throw SettingError(
        .exitVocabulary, value: "\(count)",
        found: "\(always.count) tokens that end answers or stand between turns",
        expected: "at least \(max(1, always.count)), so that exits can answer with these")
    }
  }

  /// - Throws: `SettingError` for more tokens than the model has.
  static func check(count: Int, vocabulary: Int) throws {
    guard count <= vocabulary else {
      throw SettingError(
        .exitVocabulary, value: "\(count)", found: "a model of \(vocabulary) tokens",
        expected: "at most as many")
    }
  }

  /// The tokens that end answers, and the special ones that the chat template writes around a question and its answer.
  private static func always(_ artifact: Artifact) throws -> [Int] {
    let tokens = artifact.manifest.tokens
    var always = Set(tokens.endOfText)
    if tokens.chatTemplate != nil, case let tokenizer = try artifact.tokenizer(),
      let template = try tokens.template(
        tokenizer, file: artifact.path, location: "chat_template")
    {
      let text = try template.render(
        [ChatMessage(role: "user", content: "Hi"), ChatMessage(role: "assistant", content: "Hi")],
        addGenerationPrompt: false)
      always.formUnion(
        tokenizer.encode(text, addSpecialTokens: false).filter(tokenizer.isSpecial))
    }
    let size = artifact.manifest.configuration.vocabularySize
    return always.filter { $0 < size }.sorted()
  }

  /// Chooses the tokens that a capture's training sequences have most often in answers, ties by the lower id.
  ///
  /// - Throws: `InputError` for a damaged store.
  package func choose(_ store: CaptureStore) throws -> ExitTokens {
    var counts = [Int](repeating: 0, count: vocabulary)
    for (index, sequence) in store.sequences.enumerated() where sequence.split == .train {
      let (tokens, best) = try store.predictions(of: index)
      for token in best[sequence.firstAnswer...] { counts[Int(token)] += 1 }
      // What was drawn is not always the best. The words of plain text are nobody's answer.
      guard sequence.promptLength > 0 else { continue }
      for token in tokens[sequence.promptLength...] { counts[Int(token)] += 1 }
    }
    for token in always { counts[token] = .max }
    let chosen = (0..<vocabulary).sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(count)
    return ExitTokens(chosen.sorted(), vocabulary: vocabulary, includesText: includesText)
  }
}

extension SequenceRecord {
  /// The first position whose next token is of an answer.
  var firstAnswer: Int { max(0, promptLength - 1) }
}

extension SettingError.Setting {
  package static let exitVocabulary = Self("exit vocabulary")
}
