import CleaveStorage

extension LinkProfile {
  private static let members = [
    "schema", "version", "origin", "method", "round_trip_ms", "request_ms", "up_bits_per_second",
    "up_bits_per_second_p95", "down_bits_per_second", "down_bits_per_second_p95",
    "message_seconds", "answers", "server",
  ]

  /// Reads a profile from a file.
  ///
  /// - Throws: `InputError` for anything but a profile in which every number makes sense.
  package init(path: String) throws {
    try self.init(try FileSystem.readJSON(path, limit: 1 << 24))
  }

  /// Whether a file says that it is such a profile, whatever else it says.
  ///
  /// - Throws: `InputError` for a file that cannot be read or is no JSON.
  package static func isProfile(path: String) throws -> Bool {
    let node = try FileSystem.readJSON(path, limit: 1 << 24)
    return (try? node.required("schema").string()) == schema
  }

  package init(_ node: JSONNode) throws {
    try node.header(schema: Self.schema, version: Self.version)
    try node.allow(only: Self.members)
    self.init(
      origin: try node.required("origin").oneOf(DeviceProfile.Origin.self),
      method: try node.required("method").label(),
      roundTripMilliseconds: try Percentiles(try node.required("round_trip_ms")),
      upBitsPerSecond: try node.required("up_bits_per_second").above0())
    requestMilliseconds = try node.optional("request_ms").map { try Percentiles($0) }
    upBitsPerSecondP95 = try node.optional("up_bits_per_second_p95")?.above0()
    downBitsPerSecond = try node.optional("down_bits_per_second")?.above0()
    downBitsPerSecondP95 = try node.optional("down_bits_per_second_p95")?.above0()
    messageSeconds = try node.optional("message_seconds")?.atLeast0()
    answers = try node.optional("answers").map(ServerTime.rows) ?? []
    server = try node.optional("server").map { try Server($0) }
  }

  package var json: JSON {
    var object = JSONObject([
      ("schema", .string(Self.schema)), ("version", .integer(Int64(Self.version))),
      ("origin", .string(origin.rawValue)), ("method", .string(method)),
      ("round_trip_ms", roundTripMilliseconds.json),
    ])
    object["request_ms"] = requestMilliseconds?.json
    object["up_bits_per_second"] = .real(upBitsPerSecond)
    object["up_bits_per_second_p95"] = upBitsPerSecondP95.map { .real($0) }
    object["down_bits_per_second"] = downBitsPerSecond.map { .real($0) }
    object["down_bits_per_second_p95"] = downBitsPerSecondP95.map { .real($0) }
    object["message_seconds"] = messageSeconds.map { .real($0) }
    if !answers.isEmpty { object["answers"] = .array(answers.map(\.json)) }
    object["server"] = server?.json
    return .object(object)
  }
}

extension LinkProfile.Server {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["model_id", "first_block", "head"])
    let head = try node.required("head")
    self.init(
      modelID: try node.required("model_id").sha256(),
      firstBlock: try node.required("first_block").int(in: 0...(1 << 20)),
      head: try LinkProfile.ServerTime.rows(head))
    guard self.head.first?.columns == 1 else {
      throw head.refuse(expected: "rows that begin with the one of 1 column")
    }
  }

  var json: JSON {
    [
      "model_id": .string(modelID), "first_block": .integer(Int64(firstBlock)),
      "head": .array(head.map(\.json)),
    ]
  }
}

extension LinkProfile.ServerTime {
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
