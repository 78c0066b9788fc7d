#if Network
  import CleaveRuntime

  extension CloudServer {
    /// The metrics in Prometheus' text format 0.0.4.
    package var metricsText: String {
      var text = MetricsText()
      let counts = counters.counts
      text.add("serving", .gauge, "1 while sessions are taken.", state.isServing ? 1 : 0)
      text.add("streams", .gauge, "Sessions' streams now.", state.sessionCount)
      text.add("streams_total", .counter, "Streams begun.", counts.streams)
      text.add("received_bytes_total", .counter, "Bytes of messages in.", counts.bytesIn)
      text.add("sent_bytes_total", .counter, "Bytes of messages out.", counts.bytesOut)
      text.add("received_messages_total", .counter, "Messages in.", counts.messagesIn)
      text.add("sent_messages_total", .counter, "Messages out.", counts.messagesOut)
      text.add("positions_total", .counter, "Positions received.", counts.positions)
      text.add("questions_total", .counter, "Asks received.", counts.requests)
      text.add("answers_total", .counter, "Answers sent.", counts.answers)
      text.add(manager.meter.metrics)
      text.add(
        "unauthenticated_total", .counter, "Calls without a token that is known.",
        counts.unauthenticated)
      text.add(
        "refusals_total", .counter, "Refusals sent, by code.",
        Message.Refusal.Code.allCases.map {
          ("{code=\"\($0)\"}", "\(counts.refusals[$0] ?? 0)")
        })
      return text.text
    }
  }

  extension MetricsText {
    /// Adds the counts of the context manager.
    fileprivate mutating func add(_ metrics: CloudMetrics) {
      add("sessions", .gauge, "Sessions that are open.", metrics.sessions)
      add("session_bytes", .gauge, "Of states and KV caches.", metrics.bytes)
      add("asks_total", .counter, "Asks taken up.", metrics.asks)
      add(
        "voided_asks_total", .counter, "Asks that nothing was computed for: voided in time.",
        metrics.voidedAsks)
      add("head_rows_total", .counter, "Rows that the head was computed for.", metrics.headRows)
      if !metrics.exitAnswers.isEmpty {
        add(
          "exit_answers_total", .counter, "Answers of this tier's own exits, by depth.",
          metrics.exitAnswers.sorted { $0.key < $1.key }.map {
            ("{exit=\"\($0.key)\"}", "\($0.value)")
          })
      }
      add("queue_seconds_total", .counter, "Waits of asks for a pass.", metrics.queueSeconds)
      add("passes_total", .counter, "Runs through the blocks.", metrics.passes)
      add("pass_positions_total", .counter, "Positions in them.", metrics.positions)
      add("pass_sessions_total", .counter, "Sessions in them.", metrics.passSessions)
      add("busy_seconds_total", .counter, "Time in passes.", metrics.busySeconds)
      add(
        "pass_cpu_seconds_total", .counter, "Processor time of the passes' thread, by part.",
        zip(PassPart.allCases, metrics.partSeconds).map {
          ("{part=\"\($0.rawValue)\"}", "\($1)")
        })
      add(
        "unpacking_seconds_total", .counter, "Time in which arrived states were unpacked.",
        metrics.unpackingSeconds)
      add(
        "process_cpu_seconds_total", .counter, "Processor time of the server, all threads.",
        ProcessTime.seconds)
      add(
        "returned_positions_total", .counter, "Positions whose states were sent back.",
        metrics.returnedPositions)
      add(
        "returned_bytes_total", .counter, "Bytes of these states.", metrics.returnedBytes)
      add("evictions_total", .counter, "Sessions that lost states.", metrics.evictions)
      add("expirations_total", .counter, "Sessions ended for silence.", metrics.expirations)
      add(
        "throttled_seconds_total", .counter, "Waits for clients' rates.",
        metrics.throttledSeconds)
    }
  }
#endif
