import CleaveModel
import CleaveRuntime

/// What a generation came to.
struct Outcome {
  let text: String
  let answers: [Answer]
  /// Why it ended.
  let end: String
  let promptTokens: Int
  let exitDepths: [Int]
  /// Answers asked of the cloud, that of a stop token among them; nil without a cloud.
  let cloudRequests: Int?
  let bytesUp: Int
  /// Connections to the cloud after the first.
  let reconnections: Int
  /// Times that the cloud had lost states, which were sent again.
  let repeats: Int
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
      ? [.model] : exitDepths.map { .exit(depth: $0) } + (cloudRequests == nil ? [] : [.cloud])
    return sources.map { source in (source, answers.filter { $0.source == source }.count) }
  }

  var summary: String {
    let parts = counts.map { "\($0.source.label) \($0.tokens)" }.joined(separator: ", ")
    let cloud = cloudRequests.map { "; \($0) cloud requests, \(bytesUp.formattedBytes) up" } ?? ""
    let troubles =
      (reconnections > 0 ? ", \(reconnections) reconnections" : "")
      + (repeats > 0 ? ", \(repeats) re-uploads" : "")
    return "\(answers.count) tokens (\(parts))\(cloud)\(troubles); prompt \(promptTokens) tokens, "
      + "first token after \((timing.secondsToFirstToken * 1000).fixed(0)) ms, "
      + "\(tokensPerSecond.fixed(1)) tok/s; ended by \(end)"
  }

  var json: JSON {
    [
      "text": .string(text), "end": .string(end),
      "prompt_tokens": .integer(Int64(promptTokens)),
      "tokens": .array(
        answers.map {
          [
            "id": .integer(Int64($0.token)), "source": .string($0.source.name),
            "confidence": .real(Double($0.confidence)),
          ]
        }),
      "sources": .object(
        JSONObject(counts.map { ($0.source.name, .integer(Int64($0.tokens))) })),
      "cloud_requests": .integer(Int64(cloudRequests ?? 0)),
      "bytes_up": .integer(Int64(bytesUp)),
      "reconnections": .integer(Int64(reconnections)),
      "reuploads": .integer(Int64(repeats)),
      "seconds_to_open": .object(
        JSONObject(
          opening.stages.map { ($0.name, .real($0.seconds)) } + [("total", .real(opening.total))])),
      "seconds_to_first_token": .real(timing.secondsToFirstToken),
      "tokens_per_second": .real(tokensPerSecond),
    ]
  }
}
