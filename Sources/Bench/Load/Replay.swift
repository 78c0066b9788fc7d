#if Network
  import CleaveNetwork
  import CleaveRuntime

  /// Replays traces against a server, many clients at once.
  struct Replay: Sendable {
    let remote: RemoteCloud
    let traces: [Trace]

    struct Different: Error, CustomStringConvertible {
      let description: String
    }

    /// - Throws: `Different` for an answer that differs from the trace's.
    func run(clients: Int, texts: Int) async throws -> LoadFigures {
      try await withThrowingTaskGroup(of: LoadFigures.self) { group in
        for client in 0..<clients {
          group.addTask {
            var figures = LoadFigures()
            for text in 0..<texts {
              let trace = traces[(text * clients + client) % traces.count]
              let link = try await remote.connect()
              figures.add(try await play(trace, on: link))
              link.close()
            }
            return figures
          }
        }
        return try await group.reduce(into: LoadFigures()) {
          $0.firsts += $1.firsts
          $0.gaps += $1.gaps
        }
      }
    }

    /// - Returns: when the request began and when each token was known, on the clock of an edge that
    ///   computes as long as the trace's did, however late this process wakes.
    private func play(_ trace: Trace, on link: GRPCLink) async throws -> [ContinuousClock.Instant] {
      var clock = ContinuousClock.now
      var moments = [clock]
      for step in trace.steps {
        clock += step.computed
        switch step.event {
        case .token: moments.append(clock)
        case .send(let message):
          try await Task.sleep(until: clock, tolerance: .zero, clock: .continuous)
          link.send(message)
        case .opened:
          _ = try await reply(link)
          clock = max(clock, .now)
        case .answer(let expected):
          let found = try await reply(link)
          guard case .answer(let answer) = found, answer.token == expected.token,
            answer.position == expected.position
          else { throw Different(description: "load: expected \(expected), found \(found)") }
          clock = max(clock, .now)
        }
      }
      return moments
    }

    private func reply(_ link: GRPCLink) async throws -> Message {
      while true {
        let message = try await link.receive(within: .seconds(120))
        guard case .acknowledged = message else { return message }
      }
    }
  }
#endif
