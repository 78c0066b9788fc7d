extension JSONNode {
  /// Refuses members that a reader does not know: ignoring one could change what a model computes.
  package func allow(only names: [String]) throws {
    for member in try object().members where !names.contains(where: { $0.isSame(member.name) }) {
      throw refuse(
        expected: "only " + names.joined(separator: ", "), found: "the member \"\(member.name)\"")
    }
  }

  /// Refuses a member that is there with a value other than the one supported.
  package func require(_ name: String, null reason: String) throws {
    if let node = try optional(name) { throw node.refuse(expected: "null (\(reason))") }
  }

  /// A boolean member, or the default when it is missing or null.
  package func flag(_ name: String, default value: Bool) throws -> Bool {
    try optional(name)?.bool() ?? value
  }

  /// The `type` that tells Hugging Face's variants apart.
  package func type() throws -> JSONNode { try required("type") }
}
