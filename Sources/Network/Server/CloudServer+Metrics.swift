#if Network
  import CleaveRuntime

  extension CloudServer {
    /// What Prometheus reads (text format 0.0.4). Further counts of the context manager's belong here.
    package var metricsText: String {
      let load = { (counter: KeyPath<ServerCounters, Int>) in self.counters[keyPath: counter] }
      var text = ""
      func add(_ name: String, _ kind: String, _ help: String, _ values: [(String, any Number)]) {
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
      addContexts(manager.meter.metrics, add)
      add(
        "unauthenticated_total", "counter", "Calls without a token that is known.",
        [("", load(\.unauthenticatedCount))])
      add(
        "refusals_total", "counter", "Refusals sent, by code.",
        counters.refusalCounts.map { ("{code=\"\($0.code)\"}", $0.count) })
      return text
    }

    private typealias Add = (String, String, String, [(String, any Number)]) -> Void

    /// What the context manager did and holds.
    private func addContexts(_ metrics: CloudMetrics, _ add: Add) {
      let counts: [(String, String, String, any Number)] = [
        ("sessions", "gauge", "Sessions that are open.", metrics.sessions),
        ("session_bytes", "gauge", "Of states and KV caches.", metrics.bytes),
        ("asks_total", "counter", "Asks taken up.", metrics.asks),
        ("queue_seconds_total", "counter", "Waits of asks for a pass.", metrics.queueSeconds),
        ("passes_total", "counter", "Runs through the blocks.", metrics.passes),
        ("pass_positions_total", "counter", "Positions in them.", metrics.positions),
        ("pass_sessions_total", "counter", "Sessions in them.", metrics.passSessions),
        ("busy_seconds_total", "counter", "Time in passes.", metrics.busySeconds),
        ("evictions_total", "counter", "Sessions that lost states.", metrics.evictions),
        ("expirations_total", "counter", "Sessions ended for silence.", metrics.expirations),
        (
          "throttled_seconds_total", "counter", "Waits for clients' rates.",
          metrics.throttledSeconds
        ),
      ]
      for (name, kind, help, value) in counts { add(name, kind, help, [("", value)]) }
    }
  }

  package protocol Number: CustomStringConvertible {}
  extension Int: Number {}
  extension Double: Number {}

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
