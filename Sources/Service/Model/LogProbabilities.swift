import CleaveRuntime
import CleaveStorage
import CleaveText

/// The tokens of an answer with their probabilities, as `/v1/completions` reports them.
struct LogProbabilities: Sendable {
  struct Entry: Sendable {
    let token: String
    /// The number of characters before it in the text.
    let offset: Int
    /// nil for the first token of a text, which nothing comes before.
    let score: TextScorer.Score?
  }

  let entries: [Entry]
  let alternatives: Int
}

extension ServedModel {
  /// Reads the probabilities of an answer's tokens, and of the prompt's where it is echoed.
  ///
  /// - Throws: `CancellationError`, `APIError` where the whole model is not here.
  func logProbabilities(
    _ outcome: AnswerOutcome, alternatives: Int, echoes: Bool
  ) throws -> LogProbabilities {
    let tokens = outcome.prompt + outcome.generated
    let first = echoes ? 0 : outcome.prompt.count
    let scores = try scorer().scores(
      of: tokens, from: max(1, first), topK: max(1, alternatives),
      onPiece: { try Task.checkCancellation() })
    var decoder = StreamingDecoder(tokenizer: tokenizer)
    var offset = 0
    var entries: [LogProbabilities.Entry] = []
    for (index, token) in tokens.enumerated() where index >= first {
      entries.append(
        .init(
          token: tokenizer.decode([token]), offset: offset,
          score: index == 0 ? nil : scores[index - max(1, first)]))
      offset += decoder.append(token).unicodeScalars.count
    }
    return LogProbabilities(entries: entries, alternatives: alternatives)
  }
}

extension LogProbabilities {
  /// The object `logprobs`; names of alternatives are texts, of which the more probable one of two that are alike
  /// is kept.
  func json(_ tokenizer: Tokenizer) -> JSON {
    [
      "tokens": .array(entries.map { .string($0.token) }),
      "token_logprobs": .array(
        entries.map { $0.score.map { .real(Double($0.logProbability)) } ?? .null }),
      "top_logprobs": alternatives == 0
        ? .null : .array(entries.map { alternatives(of: $0, tokenizer) }),
      "text_offset": .array(entries.map { .integer(Int64($0.offset)) }),
    ]
  }

  private func alternatives(of entry: Entry, _ tokenizer: Tokenizer) -> JSON {
    guard let score = entry.score else { return .null }
    var object = JSONObject()
    for (token, value) in score.top {
      let name = tokenizer.decode([token])
      if object[name] == nil { object[name] = .real(Double(value)) }
    }
    return .object(object)
  }
}
