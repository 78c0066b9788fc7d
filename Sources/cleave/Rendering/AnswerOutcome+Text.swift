import CleaveRuntime
import CleaveService
import CleaveStorage

extension AnswerOutcome {
  /// One line for a person: tokens by source, the cloud's part, and what of the conversation was read again.
  var summary: String {
    let parts = tokensBySource.map { "\($0.source.label) \($0.tokens)" }.joined(separator: ", ")
    return
      "\(answers.count) tokens (\(parts))\(cloud?.summary ?? ""); prompt \(prompt.count) tokens, "
      + "\(reused) of them kept; ended by \(isStopped ? "a stop" : "the limit")"
  }

  var json: JSON {
    let sources = tokensBySource.map { ($0.source.name, JSON.integer(Int64($0.tokens))) }
    return [
      "text": .string(text), "prompt_tokens": .integer(Int64(prompt.count)),
      "kept_tokens": .integer(Int64(reused)), "tokens": .integer(Int64(answers.count)),
      "sources": .object(JSONObject(sources)), "stopped": .bool(isStopped),
      "cloud": cloud?.json ?? .null,
    ]
  }

  /// Tokens by who answered them, in the order in which they first did.
  private var tokensBySource: [(source: Answer.Source, tokens: Int)] {
    answers.reduce(into: []) { sum, answer in
      if let index = sum.firstIndex(where: { $0.source == answer.source }) {
        sum[index].tokens += 1
      } else {
        sum.append((answer.source, 1))
      }
    }
  }
}
