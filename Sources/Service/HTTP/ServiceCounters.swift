#if Network
  import CleaveNetwork
  import CleaveRuntime
  import Synchronization

  /// Counts of what a service has done since it began.
  final class ServiceCounters: Sendable {
    private struct Counts {
      var answers = 0
      var failures = 0
      var promptTokens = 0
      var reusedTokens = 0
      var tokens: [String: Int] = [:]
    }

    private let state = Mutex(Counts())

    func noteFailure() { state.withLock { $0.failures += 1 } }

    func note(_ outcome: AnswerOutcome) {
      state.withLock { counts in
        counts.answers += 1
        counts.promptTokens += outcome.prompt.count
        counts.reusedTokens += outcome.reused
        for answer in outcome.answers { counts.tokens[answer.source.name, default: 0] += 1 }
      }
    }

    /// Adds the counts to metrics.
    func add(to text: inout MetricsText) {
      let counts = state.withLock { $0 }
      text.add("api_answers_total", .counter, "Answers that came to their end.", counts.answers)
      text.add("api_failures_total", .counter, "Requests that failed.", counts.failures)
      text.add("api_prompt_tokens_total", .counter, "Tokens of prompts.", counts.promptTokens)
      text.add(
        "api_reused_tokens_total", .counter, "Of these, read in an earlier request.",
        counts.reusedTokens)
      text.add(
        "api_tokens_total", .counter, "Tokens answered, by who answered them.",
        counts.tokens.sorted { $0.key < $1.key }.map { ("{source=\"\($0.key)\"}", "\($0.value)") })
    }
  }

  extension APIServer {
    /// The metrics in Prometheus' text format 0.0.4.
    var metricsText: String {
      var text = MetricsText()
      let counts = queue.counts
      text.add("api_serving", .gauge, "1 while requests are taken.", queue.isOpen ? 1 : 0)
      text.add("api_running", .gauge, "Requests that run.", counts.running)
      text.add("api_waiting", .gauge, "Requests that wait.", counts.waiting)
      let kept = model.conversations.counts
      text.add("api_conversations", .gauge, "Sessions that are kept.", kept.entries)
      text.add("api_conversation_bytes", .gauge, "Of their KV caches.", kept.bytes)
      counters.add(to: &text)
      return text.text
    }
  }
#endif
