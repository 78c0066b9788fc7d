import CleaveStorage

/// The link between an edge and a cloud, and what the cloud's end of it costs. specs/profile.md is its
/// specification.
package struct LinkProfile: Sendable, Equatable {
  /// The median and the 95th percentile of something that was measured often.
  package struct Percentiles: Sendable, Equatable {
    package var p50: Double
    package var p95: Double

    package init(p50: Double, p95: Double) {
      self.p50 = p50
      self.p95 = p95
    }
  }

  /// The time that a cloud takes to answer when a request brings so many positions.
  package struct AnswerTime: Sendable, Equatable {
    package var columns: Int
    package var seconds: Double

    package init(columns: Int, seconds: Double) {
      self.columns = columns
      self.seconds = seconds
    }
  }

  package static let schema = "cleave.link_profile"
  package static let version = 1

  package var origin: DeviceProfile.Origin
  /// The way in which it was measured, or where the figures are from, in words.
  package var method: String
  package var roundTripMilliseconds: Percentiles
  package var upBitsPerSecond: Double
  /// Nil where nothing large comes back.
  package var downBitsPerSecond: Double?
  /// Core seconds of the server for each message besides what it computes; nil where unknown.
  package var messageSeconds: Double?
  /// The server's time to answer by the positions that a request brings, rising; empty where unknown.
  package var answers: [AnswerTime]

  package init(
    origin: DeviceProfile.Origin, method: String, roundTripMilliseconds: Percentiles,
    upBitsPerSecond: Double, downBitsPerSecond: Double? = nil, messageSeconds: Double? = nil,
    answers: [AnswerTime] = []
  ) {
    self.origin = origin
    self.method = method
    self.roundTripMilliseconds = roundTripMilliseconds
    self.upBitsPerSecond = upBitsPerSecond
    self.downBitsPerSecond = downBitsPerSecond
    self.messageSeconds = messageSeconds
    self.answers = answers
  }
}

extension LinkProfile {
  private static let members = [
    "schema", "version", "origin", "method", "round_trip_ms", "up_bits_per_second",
    "down_bits_per_second", "message_seconds", "answers",
  ]

  /// Reads a profile from a file.
  ///
  /// - Throws: `InputError` for anything but a profile in which every number makes sense.
  package init(path: String) throws {
    try self.init(try FileSystem.readJSON(path, limit: 1 << 24))
  }

  package init(_ node: JSONNode) throws {
    try node.header(schema: Self.schema, version: Self.version)
    try node.allow(only: Self.members)
    self.init(
      origin: try node.required("origin").oneOf(DeviceProfile.Origin.self),
      method: try node.required("method").label(),
      roundTripMilliseconds: try Percentiles(try node.required("round_trip_ms")),
      upBitsPerSecond: try node.required("up_bits_per_second").above0(),
      downBitsPerSecond: try node.optional("down_bits_per_second")?.above0(),
      messageSeconds: try node.optional("message_seconds")?.atLeast0(),
      answers: try node.optional("answers").map(AnswerTime.rows) ?? [])
  }

  package var json: JSON {
    var object = JSONObject([
      ("schema", .string(Self.schema)), ("version", .integer(Int64(Self.version))),
      ("origin", .string(origin.rawValue)), ("method", .string(method)),
      ("round_trip_ms", roundTripMilliseconds.json), ("up_bits_per_second", .real(upBitsPerSecond)),
    ])
    object["down_bits_per_second"] = downBitsPerSecond.map { .real($0) }
    object["message_seconds"] = messageSeconds.map { .real($0) }
    if !answers.isEmpty { object["answers"] = .array(answers.map(\.json)) }
    return .object(object)
  }
}

extension LinkProfile.Percentiles {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["p50", "p95"])
    p50 = try node.required("p50").atLeast0()
    let high = try node.required("p95")
    p95 = try high.atLeast0()
    guard p95 >= p50 else { throw high.refuse(expected: "at least p50, \(p50)") }
  }

  var json: JSON { ["p50": .real(p50), "p95": .real(p95)] }
}

extension LinkProfile.AnswerTime {
  static func rows(_ node: JSONNode) throws -> [Self] {
    var rows: [Self] = []
    for node in try node.elements() {
      try node.allow(only: ["columns", "seconds"])
      let columns = try node.required("columns").int(in: 1...(1 << 20))
      if let last = rows.last, columns <= last.columns {
        throw try node.required("columns").refuse(expected: "above \(last.columns)")
      }
      rows.append(Self(columns: columns, seconds: try node.required("seconds").atLeast0()))
    }
    return rows
  }

  var json: JSON { ["columns": .integer(Int64(columns)), "seconds": .real(seconds)] }
}
