import CleaveRuntime
import CleaveStorage

/// The tokens of a request, and who answered them.
struct Usage: Sendable {
  private(set) var prompt = 0
  private(set) var completion = 0
  private(set) var reused = 0
  private(set) var bySource: [(source: Answer.Source, tokens: Int)] = []
  private var fallbacks = 0
  private var requests: Int?
  private var bytesUp = 0
  private var bytesDown = 0

  /// - Parameter sources: those that could have answered, which are listed in any case.
  init(sources: [Answer.Source]) { bySource = sources.map { ($0, 0) } }

  mutating func add(_ outcome: AnswerOutcome) {
    prompt += outcome.prompt.count
    completion += outcome.answers.count
    reused += outcome.reused
    fallbacks += outcome.answers.count(where: \.isFallback)
    for answer in outcome.answers {
      if let index = bySource.firstIndex(where: { $0.source == answer.source }) {
        bySource[index].tokens += 1
      } else {
        bySource.append((answer.source, 1))
      }
    }
    guard let cloud = outcome.cloud else { return }
    requests = (requests ?? 0) + cloud.requests
    bytesUp += cloud.bytesUp
    bytesDown += cloud.bytesDown
  }

  /// The object `usage`. What `cleave` holds there is no part of OpenAI's interface.
  var json: JSON {
    var cleave = JSONObject([
      (
        "tokens_by_source",
        .object(JSONObject(bySource.map { ($0.source.name, .integer(Int64($0.tokens))) }))
      ), ("fallback_tokens", .integer(Int64(fallbacks))),
    ])
    if let requests {
      cleave["cloud_requests"] = .integer(Int64(requests))
      cleave["bytes_up"] = .integer(Int64(bytesUp))
      cleave["bytes_down"] = .integer(Int64(bytesDown))
    }
    return [
      "prompt_tokens": .integer(Int64(prompt)), "completion_tokens": .integer(Int64(completion)),
      "total_tokens": .integer(Int64(prompt + completion)),
      "prompt_tokens_details": ["cached_tokens": .integer(Int64(reused))],
      "cleave": .object(cleave),
    ]
  }
}
