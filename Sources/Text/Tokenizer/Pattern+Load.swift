import CleaveStorage

extension Pattern {
  /// The regular expression that a text says.
  ///
  /// - Throws: `InputError` for what is not supported or no regular expression.
  init(_ node: JSONNode) throws {
    let text = try node.string()
    self = try Self.made(node) { () throws(PatternFault) in try Pattern(text) }
  }

  /// The expression that matches exactly a text.
  init(literalOf node: JSONNode) throws {
    let text = try node.string()
    self = try Self.made(node) { () throws(PatternFault) in try Pattern(literal: text) }
  }

  private static func made(
    _ node: JSONNode, _ make: () throws(PatternFault) -> Pattern
  ) throws -> Pattern {
    do {
      return try make()
    } catch {
      throw node.refuse(
        expected: error.expected, found: "at column \(error.column) \(error.found)")
    }
  }
}
