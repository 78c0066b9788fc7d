#if Network
  import CleaveModel
  import CleaveRuntime
  import CleaveStorage
  import CleaveSystem

  extension RemoteCloud {
    /// Measures the server and the link to it: specs/profile.md says how. Nobody else should use either meanwhile.
    ///
    /// - Parameters:
    ///   - seconds: that it may take, roughly.
    ///   - deadline: the longest wait for a reply.
    /// - Throws: `CloudRefusal`, `MessageError`, `LinkClosed`, `RemoteRefused`, `DeadlineExceeded`.
    package func measure(
      seconds: Double, deadline: Duration,
      progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> LinkProfile {
      let cloud = try await describe()
      let connections = await connectionTimes()
      var settings = CloudMeasurement.Settings()
      settings.seconds = 0.8 * seconds
      settings.deadline = deadline
      let times = try await CloudMeasurement.run(
        try await connect(), cloud, settings: settings
      ) { progress($0, $1 + 1) }
      let probe = DownlinkProbe(cloud: self, seconds: 0.2 * seconds, deadline: deadline)
      let down = try await probe.rates()
      progress(4, 4)
      return LinkProfile(cloud, times, connections: connections, down: down)
    }

    /// The times that TCP connections take to open: a round trip of the link each, answered by the system of the other
    /// end, or of a proxy that ends connections.
    private func connectionTimes() async -> [Double] {
      let limit = connectDeadline / .seconds(1)
      var times: [Double] = []
      for _ in 0..<Self.connections {
        let seconds = cleave_connect_seconds(address.host, "\(address.port)", limit)
        guard seconds >= 0 else { break }
        times.append(seconds)
        try? await Task.sleep(for: .milliseconds(5))
      }
      return times
    }

    private static let connections = 20
  }

  extension LinkProfile {
    /// What both ends may take to handle the fastest message, in seconds. Where messages take more than this longer than
    /// connections do, something between the ends has answered the connections.
    private static let mostHandling = 0.005

    init(
      _ cloud: CloudDescription, _ times: CloudTimes, connections: [Double], down: [Double]
    ) {
      let messages = Percentiles(of: times.messages)
      let fastest = times.messages.min() ?? messages.p50
      let opened = connections.isEmpty ? nil : Percentiles(of: connections)
      let isDirect = opened.map { fastest - $0.p50 <= Self.mostHandling } ?? false
      let link =
        (isDirect ? opened : nil) ?? messages.map { $0 - (messages.p50 - fastest) }
      let up = times.uploads.sorted()
      self.init(
        origin: .measured,
        method: "cleave profile --cloud: the round trip of "
          + (isDirect ? "\(connections.count) connections" : "the fastest message")
          + "; \(times.messages.count) messages, \(up.count) uploads of \(times.uploadBytes) bytes,"
          + " \(down.count) bursts down, \(times.requests[0]?.count ?? 0) requests of each size",
        roundTripMilliseconds: link.map { 1000 * $0 }, upBitsPerSecond: Percentiles.rank(0.5, up))
      requestMilliseconds = messages.map { 1000 * max(0, $0 - link.p50) }
      upBitsPerSecondP95 = Percentiles.rank(0.05, up)
      downBitsPerSecond = down.isEmpty ? nil : Percentiles.rank(0.5, down.sorted())
      downBitsPerSecondP95 = down.isEmpty ? nil : Percentiles.rank(0.05, down.sorted())
      answers = times.answers
      server = Server(
        modelID: cloud.modelID.hexadecimal, firstBlock: cloud.firstBlock, head: times.head)
    }
  }
#endif
