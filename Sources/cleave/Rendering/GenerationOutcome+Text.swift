import CleaveGenerate
import CleaveRuntime
import CleaveStorage

extension GenerationOutcome {
  /// One line for a person: tokens by source, the cloud's part, and times.
  var summary: String {
    let parts = tokensBySource.map { "\($0.source.label) \($0.tokens)" }.joined(separator: ", ")
    return
      "\(answers.count) tokens (\(parts))\(cloud?.summary ?? ""); prompt \(promptTokens) tokens, "
      + "first token after \((timing.secondsToFirstToken * 1000).fixed(0)) ms, "
      + "\(tokensPerSecond.fixed(1)) tok/s; ended by \(end)"
  }

  var json: JSON {
    let sources = tokensBySource.map { ($0.source.name, JSON.integer(Int64($0.tokens))) }
    let stages = opening.stages.map { ($0.name, JSON.real($0.seconds)) }
    return [
      "text": .string(text), "end": .string(end),
      "prompt_tokens": .integer(Int64(promptTokens)),
      "tokens": .array(answers.map(json(of:))),
      "sources": .object(JSONObject(sources)),
      "cloud_requests": .integer(Int64(cloud?.requests ?? 0)),
      "bytes_up": .integer(Int64(cloud?.bytesUp ?? 0)),
      "cloud": cloud?.json ?? .null,
      "seconds_to_open": .object(JSONObject(stages + [("total", .real(opening.total))])),
      "seconds_to_first_token": .real(timing.secondsToFirstToken),
      "tokens_per_second": .real(tokensPerSecond),
    ]
  }

  private func json(of answer: Answer) -> JSON {
    let fields: [(String, JSON)] = [
      ("id", .integer(Int64(answer.token))), ("source", .string(answer.source.name)),
      ("confidence", .real(Double(answer.confidence))),
    ]
    return .object(JSONObject(fields + (answer.isFallback ? [("stand_in", .bool(true))] : [])))
  }
}
