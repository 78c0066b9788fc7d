#if Network
  import CleaveRuntime

  extension CloudServer {
    /// What Prometheus reads (text format 0.0.4). Further counts of the context manager's belong here.
    package var metricsText: String {
      let load = { (counter: KeyPath<ServerCounters, Int>) in self.counters[keyPath: counter] }
      var text = ""
      func add(_ name: String, _ kind: String, _ help: String, _ values: [(String, Int)]) {
        text += "# HELP cleave_\(name) \(help)\n# TYPE cleave_\(name) \(kind)\n"
        for (labels, value) in values { text += "cleave_\(name)\(labels) \(value)\n" }
      }
      add("serving", "gauge", "1 while sessions are taken.", [("", state.isServing ? 1 : 0)])
      add("streams", "gauge", "Sessions' streams now.", [("", state.sessionCount)])
      add("streams_total", "counter", "Streams begun.", [("", load(\.streamCount))])
      add("received_bytes_total", "counter", "Bytes of messages in.", [("", load(\.bytesInCount))])
      add("sent_bytes_total", "counter", "Bytes of messages out.", [("", load(\.bytesOutCount))])
      add("positions_total", "counter", "Positions received.", [("", load(\.positionCount))])
      add("questions_total", "counter", "Asks received.", [("", load(\.questionCount))])
      add("answers_total", "counter", "Answers sent.", [("", load(\.answerCount))])
      add(
        "unauthenticated_total", "counter", "Calls without a token that is known.",
        [("", load(\.unauthenticatedCount))])
      add(
        "refusals_total", "counter", "Refusals sent, by code.",
        counters.refusalCounts.map { ("{code=\"\($0.code)\"}", $0.count) })
      return text
    }
  }

  extension ServerCounters {
    package var streamCount: Int { streams.load(ordering: .relaxed) }
    package var bytesInCount: Int { bytesIn.load(ordering: .relaxed) }
    package var bytesOutCount: Int { bytesOut.load(ordering: .relaxed) }
    package var positionCount: Int { positions.load(ordering: .relaxed) }
    package var questionCount: Int { questions.load(ordering: .relaxed) }
    package var answerCount: Int { answers.load(ordering: .relaxed) }
    package var unauthenticatedCount: Int { unauthenticated.load(ordering: .relaxed) }
  }
#endif
