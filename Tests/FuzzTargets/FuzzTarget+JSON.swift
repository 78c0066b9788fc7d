import CleaveStorage

extension FuzzTarget {
  /// A JSON text, which every record and every configuration is read from.
  static let json = FuzzTarget("json") { input in
    let value = try JSON.parse(input, file: "json")
    for pretty in [false, true] {
      let text = value.text(pretty: pretty)
      let again = try reread("what was written") { try JSON.parse(Array(text.utf8), file: "json") }
      try require(again.text(pretty: pretty) == text, "a value read and written is the same")
    }
  }

  /// Makes a target of a record that is read from JSON and written as JSON.
  ///
  /// - Parameters:
  ///   - read: reads the record.
  ///   - write: gives its JSON.
  ///   - check: what else is promised of a record.
  static func record<Record>(
    _ name: String, _ read: @escaping @Sendable (JSONNode) throws -> Record,
    _ write: @escaping @Sendable (Record) -> JSON,
    check: @escaping @Sendable (Record) throws -> Void = { _ in }
  ) -> FuzzTarget {
    FuzzTarget(name) { input in
      let record = try read(try JSONNode(parsing: input, file: name))
      let text = write(record).text(pretty: false)
      let again = try reread(name) { try read(try JSONNode(parsing: Array(text.utf8), file: name)) }
      try require(write(again).text(pretty: false) == text, "a record read and written is the same")
      try check(record)
    }
  }

  /// Reads what was written here, which must not be refused.
  static func reread<Result>(_ what: String, _ read: () throws -> Result) throws -> Result {
    do { return try read() } catch { throw FuzzFault("refused \(what), which it wrote: \(error)") }
  }
}
