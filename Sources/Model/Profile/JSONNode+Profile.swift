import CleaveStorage

extension JSONNode {
  /// A finite number above 0.
  func above0() throws -> Double {
    let value = try number()
    guard value > 0 else { throw refuse(expected: "a number above 0") }
    return value
  }

  /// A finite number of at least 0.
  func atLeast0() throws -> Double {
    let value = try number()
    guard value >= 0 else { throw refuse(expected: "a number of at least 0") }
    return value
  }

  /// Checks the beginning of a profile.
  func header(schema: String, version: Int) throws {
    let found = try required("schema")
    guard try found.string() == schema else { throw found.refuse(expected: "\"\(schema)\"") }
    let number = try required("version")
    guard try number.int() == version else {
      throw number.refuse(expected: "version \(version)", advice: "Use the cleave that wrote it.")
    }
  }

  /// A text for people, of one line.
  func label() throws -> String {
    let text = try string()
    guard (1...400).contains(text.utf8.count), !text.contains(where: \.isNewline) else {
      throw refuse(expected: "a line of 1 to 400 bytes")
    }
    return text
  }
}
