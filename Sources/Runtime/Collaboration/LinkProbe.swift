import CleaveModel

/// The round trip and bandwidth of a link to a cloud, measured by a session of its own.
package struct LinkProbe: Equatable, Sendable {
  /// The time from a small message to its reply, in seconds.
  package let roundTrip: Double
  /// The bandwidth from edge to cloud, in bits per second.
  package let bandwidth: Double

  /// The bytes uploaded for the measurement: few enough for a slow link, more than one packet.
  private static let bytes = 1 << 16

  /// Measures a link by opening a session and uploading states of zeros.
  ///
  /// - Parameter link: a link that nothing else uses; it is closed.
  /// - Throws: `CloudRefusal`, and what ends the link.
  package static func measure(
    _ link: any CloudLink, edge: Manifest, numerics: Numerics, deadline: Duration?
  ) async throws -> LinkProbe {
    defer { link.close() }
    let hidden = edge.configuration.hiddenSize
    let opening = Message.Open(
      modelID: edge.modelID.hexadecimalBytes, firstExit: UInt32(edge.exits[0].depth),
      hiddenSize: UInt32(hidden), numerics: numerics, encodings: [.float32])
    func ask(_ message: Message) async throws -> Double {
      let start = ContinuousClock.now
      link.send(message)
      let reply = try await link.receive(within: deadline)
      if case .refusal(let refusal) = reply { throw CloudRefusal(refusal: refusal) }
      return start.duration(to: .now) / .seconds(1)
    }
    // Not measured: the first message also waits until the connection is made.
    _ = try await ask(.open(opening))
    let codec = StatesCodec(.float32, hiddenSize: hidden)
    func states(_ first: Int, _ count: Int) -> Message {
      .states(
        codec.message(
          codec.encode([Float](repeating: 0, count: count * hidden)), first: first,
          compressed: false))
    }
    let roundTrip = try await ask(states(0, 1))
    let count = max(
      1, min(edge.configuration.contextLength - 1, bytes / codec.positionBytes, 256))
    let upload = try await ask(states(1, count)) - roundTrip
    let bits = Double((count - 1) * codec.positionBytes * 8)
    link.send(.close)
    return LinkProbe(roundTrip: roundTrip, bandwidth: bits / max(upload, 1e-6))
  }
}
