import CleaveStorage

extension JSONNode {
  /// The value of a field: of a member of that very name or, where there is none, of what its parts
  /// between dots lead to, as in `messages.0.content`: names of members, and numbers of elements
  /// from 0.
  ///
  /// - Throws: `InputError` for a member or an element that is not there.
  func value(of field: String) throws -> JSONNode {
    if let whole = try optional(field) { return whole }
    var node = self
    for part in field.split(separator: ".", omittingEmptySubsequences: false) {
      node = try node.step(String(part))
    }
    return node
  }

  private func step(_ part: String) throws -> JSONNode {
    guard case .array = value else { return try required(part) }
    let elements = try elements()
    guard let index = Int(part), "\(index)" == part, elements.indices.contains(index) else {
      throw refuse(
        expected: "an element \(part), counted from 0", found: "a list of \(elements.count)")
    }
    return elements[index]
  }
}
