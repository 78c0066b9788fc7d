/// A JSON value with its file and location, so that every wrong value is reported by file, location, what
/// was found and what was expected.
package struct JSONNode: Sendable {
  package let value: JSON
  package let file: String
  private let location: Location

  package init(_ value: JSON, file: String, path: String = "") {
    self.init(value, file: file, location: .root(path))
  }

  private init(_ value: JSON, file: String, location: Location) {
    self.value = value
    self.file = file
    self.location = location
  }

  /// The path from the root, as in `config.rope.theta`. It is made only when asked for: a million elements
  /// under a name of a megabyte must not become a million such strings.
  package var path: String { location.text }

  private indirect enum Location: Sendable {
    case root(String)
    case member(Location, String)
    case element(Location, Int)

    /// The path in words. Its recursion is no deeper than the JSON, whose depth the parser bounds.
    var text: String {
      switch self {
      case .root(let path): return path
      case .member(let parent, let name):
        let path = parent.text
        return path.isEmpty ? name : "\(path).\(name)"
      case .element(let parent, let index): return "\(parent.text)[\(index)]"
      }
    }
  }

  package func refuse(expected: String, found: String? = nil, advice: String? = nil) -> InputError {
    InputError(
      file: file, location: path, found: found ?? shown, expected: expected, advice: advice)
  }

  /// A short form of the value, for errors.
  private var shown: String {
    switch value {
    case .string(let text): "\"\(text.prefix(80))\""
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    default: value.kind
    }
  }
}

// MARK: - Members and elements

extension JSONNode {
  package func object() throws -> JSONObject {
    guard case .object(let object) = value else { throw refuse(expected: "an object") }
    return object
  }

  /// The member, or nil when it is missing or null.
  package func optional(_ name: String) throws -> JSONNode? {
    guard let member = try object()[name] else { return nil }
    if case .null = member { return nil }
    return JSONNode(member, file: file, location: .member(location, name))
  }

  /// The member.
  ///
  /// - Throws: `InputError` when it is missing or null, or this is no object.
  package func required(_ name: String) throws -> JSONNode {
    if let node = try optional(name) { return node }
    throw InputError(
      file: file, location: path, found: "no \"\(name)\"", expected: "a member of that name")
  }

  /// The members of an object, in order.
  package func members() throws -> [(name: String, node: JSONNode)] {
    try object().members.map {
      ($0.name, JSONNode($0.value, file: file, location: .member(location, $0.name)))
    }
  }

  /// The elements of a member that is an array, each read by `element`.
  package func list<Element>(
    _ name: String, _ element: (JSONNode) throws -> Element
  ) throws -> [Element] {
    try required(name).elements().map(element)
  }

  /// The elements of an array.
  package func elements() throws -> [JSONNode] {
    guard case .array(let values) = value else { throw refuse(expected: "an array") }
    return values.enumerated().map { JSONNode($1, file: file, location: .element(location, $0)) }
  }
}

// MARK: - Scalars

extension JSONNode {
  package func string() throws -> String {
    guard case .string(let text) = value else { throw refuse(expected: "a string") }
    return text
  }

  package func bool() throws -> Bool {
    guard case .bool(let flag) = value else { throw refuse(expected: "true or false") }
    return flag
  }

  package func int(in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
    guard case .integer(let number) = value, range.contains(Int(number)) else {
      let bounds =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw refuse(expected: "an integer \(bounds)")
    }
    return Int(number)
  }

  /// A finite number; integers count.
  package func number() throws -> Double {
    switch value {
    case .real(let number) where number.isFinite: return number
    case .integer(let number): return Double(number)
    default: throw refuse(expected: "a finite number")
    }
  }
}
