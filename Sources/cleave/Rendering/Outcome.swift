import CleaveRuntime
import CleaveStorage

/// What a generation came to.
struct Outcome {
  let text: String
  let answers: [Answer]
  /// Why it ended.
  let end: String
  let promptTokens: Int
  let exitDepths: [Int]
  /// nil without a cloud.
  let cloud: CloudOutcome?
  let opening: OpeningTimes
  let timing: Timing

  private var tokensPerSecond: Double {
    let seconds = timing.decodeSeconds
    return seconds > 0 && answers.count > 1 ? Double(answers.count - 1) / seconds : 0
  }

  /// Tokens of each source, those that could have answered included.
  private var counts: [(source: Answer.Source, tokens: Int)] {
    let sources: [Answer.Source] =
      exitDepths.isEmpty || answers.contains { $0.source == .model }
      ? [.model] : exitDepths.map { .exit(depth: $0) } + (cloud == nil ? [] : [.cloud])
    return sources.map { source in (source, answers.filter { $0.source == source }.count) }
  }

  var summary: String {
    let parts = counts.map { "\($0.source.label) \($0.tokens)" }.joined(separator: ", ")
    return
      "\(answers.count) tokens (\(parts))\(cloud?.summary ?? ""); prompt \(promptTokens) tokens, "
      + "first token after \((timing.secondsToFirstToken * 1000).fixed(0)) ms, "
      + "\(tokensPerSecond.fixed(1)) tok/s; ended by \(end)"
  }

  var json: JSON {
    [
      "text": .string(text), "end": .string(end),
      "prompt_tokens": .integer(Int64(promptTokens)),
      "tokens": .array(answers.map(json(of:))),
      "sources": .object(
        JSONObject(counts.map { ($0.source.name, .integer(Int64($0.tokens))) })),
      "cloud_requests": .integer(Int64(cloud?.requests ?? 0)),
      "bytes_up": .integer(Int64(cloud?.bytesUp ?? 0)),
      "cloud": cloud?.json ?? .null,
      "seconds_to_open": .object(
        JSONObject(
          opening.stages.map { ($0.name, .real($0.seconds)) } + [("total", .real(opening.total))])),
      "seconds_to_first_token": .real(timing.secondsToFirstToken),
      "tokens_per_second": .real(tokensPerSecond),
    ]
  }

  private func json(of answer: Answer) -> JSON {
    let fields: [(String, JSON)] = [
      ("id", .integer(Int64(answer.token))), ("source", .string(answer.source.name)),
      ("confidence", .real(Double(answer.confidence))),
    ]
    return .object(JSONObject(fields + (answer.isStandIn ? [("stand_in", .bool(true))] : [])))
  }
}
