import CleaveStorage

/// A session that measures a cloud and the link to it with the protocol's own messages: states of one position and their
/// acknowledgement, long uploads, and requests behind states that are there already. The states are random.
package struct CloudMeasurement {
  /// How long the parts of a measurement go on, and how often they are repeated.
  package struct Settings: Sendable {
    /// Seconds that all of it may take, roughly.
    package var seconds = 20.0
    /// The longest wait for a reply.
    package var deadline: Duration?
    /// The pause before what is timed: an edge computes between its messages, and is not woken at once.
    package var pause = Duration.milliseconds(5)
    /// The most repetitions of a part.
    package var mostRounds = 40

    package init() {}
  }

  /// Positions of requests, and rows of the head of requests with drafts.
  private static let columns = [1, 2, 4, 8, 16, 32, 64, 128]
  private static let rows = [8, 32]
  /// Repetitions whatever they take.
  private static let fewestRounds = 3
  /// An upload takes at least so many seconds beside the round trip, unless it would have more than the most bytes.
  private static let leastUpload = 0.1
  private static let mostUploadBytes = 8 << 20
  private static let firstUploadBytes = 1 << 16
  /// The most numbers of the states that a request brings, which are made at once: a cloud says how many a state has.
  private static let mostNumbers = 1 << 24

  private var session: MeasuringSession
  private let settings: Settings
  private var times = CloudTimes()

  /// Measures a cloud.
  ///
  /// - Parameters:
  ///   - link: a link that nothing else uses; it is closed.
  ///   - cloud: what the cloud at its other end says of itself.
  ///   - progress: told how many of the parts are done, and of how many.
  /// - Throws: `CloudRefusal`, `MessageError`, and what ends the link.
  package static func run(
    _ link: any CloudLink, _ cloud: CloudDescription, settings: Settings = Settings(),
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws -> CloudTimes {
    defer { link.close() }
    let session = try await MeasuringSession(opening: link, cloud, deadline: settings.deadline)
    var measurement = CloudMeasurement(session: session, settings: settings)
    try await measurement.timeMessages(seconds: 0.2 * settings.seconds)
    progress(1, 3)
    try await measurement.timeUploads(seconds: 0.3 * settings.seconds)
    progress(2, 3)
    try await measurement.timeRequests(seconds: 0.5 * settings.seconds)
    progress(3, 3)
    measurement.session.close()
    return measurement.times
  }

  private init(session: MeasuringSession, settings: Settings) {
    self.session = session
    self.settings = settings
  }

  /// Repeats a part. The first time does not count: it warms up.
  private mutating func rounds(
    seconds: Double, _ body: (_ isFirst: Bool, inout Self) async throws -> Void
  ) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    for round in 0...settings.mostRounds {
      if round > Self.fewestRounds, ContinuousClock.now > end { return }
      try await body(round == 0, &self)
    }
  }

  private mutating func timeMessages(seconds: Double) async throws {
    try await rounds(seconds: seconds) { isFirst, measurement in
      try await Task.sleep(for: measurement.settings.pause)
      let time = try await measurement.session.upload(1)
      if !isFirst { measurement.times.messages.append(time) }
    }
  }

  private mutating func timeUploads(seconds: Double) async throws {
    let bytes = session.cloud.largest.positionBytes
    let most = max(1, min(session.mostPositions, Self.mostUploadBytes / bytes))
    var count = max(1, min(most, Self.firstUploadBytes / bytes))
    let message = times.message
    try await rounds(seconds: seconds) { isFirst, measurement in
      var time = try await measurement.session.upload(count, isLarge: true) - message
      while time < Self.leastUpload, count < most {
        count = min(most, 2 * count)
        time = try await measurement.session.upload(count, isLarge: true) - message
      }
      guard !isFirst else { return }
      measurement.times.uploadBytes = count * bytes
      measurement.times.uploads.append(Double(8 * count * bytes) / max(time, 1e-6))
    }
  }

  private mutating func timeRequests(seconds: Double) async throws {
    let most = min(session.mostPositions, Self.mostNumbers / session.cloud.hiddenSize)
    let columns = [0] + Self.columns.filter { $0 <= most }
    let rows = Self.rows.filter { $0 < most }
    try await rounds(seconds: seconds) { isFirst, measurement in
      for count in columns {
        let time = try await measurement.request(count, drafts: 0)
        if !isFirst { measurement.times.requests[count, default: []].append(time) }
      }
      for count in rows {
        let time = try await measurement.request(count, drafts: count - 1)
        if !isFirst { measurement.times.verifications[count, default: []].append(time) }
      }
    }
  }

  private mutating func request(_ count: Int, drafts: Int) async throws -> Double {
    if count > 0 {
      _ = try await session.upload(count)
    } else {
      // The row that is asked about once more must be there.
      _ = try await session.upload(1)
      _ = try await session.ask(drafts: 0)
    }
    try await Task.sleep(for: settings.pause)
    return try await session.ask(drafts: drafts)
  }
}
