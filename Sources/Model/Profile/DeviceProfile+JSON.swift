import CleaveStorage

extension DeviceProfile {
  private static let members = [
    "schema", "version", "name", "origin", "processor", "threads", "memory_bytes", "power",
  ]

  /// Reads a profile from a file.
  ///
  /// - Throws: `InputError` for anything but a profile in which every number makes sense.
  package init(path: String) throws {
    try self.init(try FileSystem.readJSON(path, limit: 1 << 24))
  }

  package init(_ node: JSONNode) throws {
    try node.header(schema: Self.schema, version: Self.version)
    let origin = try node.required("origin").oneOf(Origin.self)
    try node.allow(only: Self.members + [origin.rawValue])
    name = try node.required("name").label()
    processor = try node.required("processor").label()
    threads = try node.required("threads").int(in: 1...ThreadCosts.most)
    memoryBytes = try node.required("memory_bytes").int(in: 1...(1 << 60))
    power = try node.optional("power").map(Power.init)
    let figures = try node.required(origin.rawValue)
    switch origin {
    case .measured: costs = .measured(try ThreadCosts.rows(figures))
    case .declared: costs = .declared(try DeclaredCosts(figures))
    }
  }

  package var json: JSON {
    var object = JSONObject([
      ("schema", .string(Self.schema)), ("version", .integer(Int64(Self.version))),
      ("name", .string(name)), ("origin", .string(origin.rawValue)),
      ("processor", .string(processor)), ("threads", .integer(Int64(threads))),
      ("memory_bytes", .integer(Int64(memoryBytes))),
    ])
    object["power"] = power?.json
    object[origin.rawValue] =
      switch costs {
      case .measured(let rows): .array(rows.map(\.json))
      case .declared(let costs): costs.json
      }
    return .object(object)
  }
}

extension DeviceProfile.Power {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["idle_watts", "busy_watts"])
    idleWatts = try node.required("idle_watts").atLeast0()
    let busy = try node.required("busy_watts")
    busyWatts = try busy.above0()
    guard busyWatts >= idleWatts else {
      throw busy.refuse(expected: "at least the \(idleWatts) W of the idle machine")
    }
  }

  var json: JSON { ["idle_watts": .real(idleWatts), "busy_watts": .real(busyWatts)] }
}

extension DeclaredCosts {
  private static let members = [
    "bytes_per_second", "int8_operations_per_second", "float_operations_per_second",
    "block_seconds",
  ]

  init(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    self.init(
      bytesPerSecond: try node.required("bytes_per_second").above0(),
      int8OperationsPerSecond: try node.required("int8_operations_per_second").above0(),
      floatOperationsPerSecond: try node.required("float_operations_per_second").above0(),
      block: try node.required("block_seconds").atLeast0())
  }

  var json: JSON {
    [
      "bytes_per_second": .real(bytesPerSecond),
      "int8_operations_per_second": .real(int8OperationsPerSecond),
      "float_operations_per_second": .real(floatOperationsPerSecond),
      "block_seconds": .real(block),
    ]
  }
}
