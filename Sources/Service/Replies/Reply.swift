import CleaveRuntime
import CleaveStorage
import Glibc

/// The answer to a request in the format that it asks for, whole or in the pieces of a stream.
struct Reply: Sendable {
  /// One of the answers of a request that has come to its end.
  struct Choice: Sendable {
    let outcome: AnswerOutcome
    let text: String
    let logProbabilities: JSON
  }

  private let format: TextRequest.Format
  private let id: String
  private let created: Int64
  private let model: String

  init(_ format: TextRequest.Format, model: String) {
    self.format = format
    self.model = model
    created = Int64(time(nil))
    let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    id = (format == .chat ? "chatcmpl-" : "cmpl-") + number
  }

  /// The whole answer.
  func whole(_ choices: [Choice], _ usage: Usage) -> JSON {
    var reply = head(format == .chat ? "chat.completion" : "text_completion")
    reply["choices"] = .array(
      choices.enumerated().map { index, choice in
        var object = JSONObject([("index", .integer(Int64(index)))])
        switch format {
        case .chat:
          object["message"] = [
            "role": "assistant", "content": .string(choice.text), "refusal": .null,
          ]
        case .completion: object["text"] = .string(choice.text)
        }
        object["logprobs"] = choice.logProbabilities
        object["finish_reason"] = .string(choice.outcome.finishReason)
        return .object(object)
      })
    reply["usage"] = usage.json
    return .object(reply)
  }

  // MARK: - Pieces of a stream

  /// The first piece of a chat's answer, which names the speaker; nil for other formats.
  func opening() -> JSON? {
    guard format == .chat else { return nil }
    return piece(0, delta: ["role": "assistant", "content": ""])
  }

  /// The text that came with a token, and what answered the token.
  func token(_ text: String, _ answer: Answer, index: Int) -> JSON {
    let cleave: JSON = [
      "source": .string(answer.source.name), "confidence": .real(Double(answer.confidence)),
      "fallback": .bool(answer.isFallback),
    ]
    return piece(index, delta: ["content": .string(text)], text: text, cleave: cleave)
  }

  /// The last piece of an answer.
  func end(_ outcome: AnswerOutcome, index: Int) -> JSON {
    let delta: JSON = outcome.rest.isEmpty ? [:] : ["content": .string(outcome.rest)]
    return piece(index, delta: delta, text: outcome.rest, finish: outcome.finishReason)
  }

  /// The piece behind the last answer.
  func usage(_ usage: Usage) -> JSON {
    var reply = head(format == .chat ? "chat.completion.chunk" : "text_completion")
    reply["choices"] = []
    reply["usage"] = usage.json
    return .object(reply)
  }

  private func piece(
    _ index: Int, delta: JSON, text: String = "", finish: String? = nil, cleave: JSON? = nil
  ) -> JSON {
    var choice = JSONObject([("index", .integer(Int64(index)))])
    switch format {
    case .chat: choice["delta"] = delta
    case .completion: choice["text"] = .string(text)
    }
    choice["logprobs"] = .null
    choice["finish_reason"] = finish.map { .string($0) } ?? .null
    if let cleave { choice["cleave"] = cleave }
    var reply = head(format == .chat ? "chat.completion.chunk" : "text_completion")
    reply["choices"] = .array([.object(choice)])
    return .object(reply)
  }

  private func head(_ object: String) -> JSONObject {
    JSONObject([
      ("id", .string(id)), ("object", .string(object)), ("created", .integer(created)),
      ("model", .string(model)),
    ])
  }
}

extension AnswerOutcome {
  /// Why the answer ended, in the words of OpenAI's interface.
  var finishReason: String { isStopped ? "stop" : "length" }
}
