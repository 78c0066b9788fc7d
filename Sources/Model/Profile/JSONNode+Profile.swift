import CleaveStorage

extension JSONNode {
  /// A number above 0 that some machine may have: what is computed of such numbers stays finite.
  func above0() throws -> Double {
    let value = try number()
    guard value > 0 else { throw refuse(expected: "a number above 0") }
    guard (1e-24...1e21).contains(value) else { throw refuse(expected: "from 1e-24 to 1e21") }
    return value
  }

  /// A number of at least 0 that some machine may have.
  func atLeast0() throws -> Double {
    let value = try number()
    guard value >= 0 else { throw refuse(expected: "a number of at least 0") }
    guard value <= 1e18 else { throw refuse(expected: "at most 1e18") }
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
