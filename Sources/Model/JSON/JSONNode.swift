/// A JSON value together with where it stands, so that every wrong value is reported by file, path,
/// what was found and what was expected.
public struct JSONNode: Sendable {
  public let value: JSON
  public let file: String
  /// The path from the root, as in `config.rope.theta`.
  public let path: String

  public init(_ value: JSON, file: String, path: String = "") {
    self.value = value
    self.file = file
    self.path = path
  }

  public func refuse(expected: String, found: String? = nil, advice: String? = nil) -> InputError {
    InputError(
      file: file, place: path, found: found ?? shown, expected: expected, advice: advice)
  }

  /// The value in short, for errors.
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
  public func object() throws -> JSONObject {
    guard case .object(let object) = value else { throw refuse(expected: "an object") }
    return object
  }

  /// The member, or nil when it is missing or null.
  public func optional(_ name: String) throws -> JSONNode? {
    guard let member = try object()[name] else { return nil }
    if case .null = member { return nil }
    return JSONNode(member, file: file, path: path.isEmpty ? name : "\(path).\(name)")
  }

  public func required(_ name: String) throws -> JSONNode {
    if let node = try optional(name) { return node }
    throw InputError(
      file: file, place: path, found: "no \"\(name)\"", expected: "a member of that name")
  }

  public func members() throws -> [(name: String, node: JSONNode)] {
    try object().members.map {
      ($0.name, JSONNode($0.value, file: file, path: path.isEmpty ? $0.name : "\(path).\($0.name)"))
    }
  }

  public func elements() throws -> [JSONNode] {
    guard case .array(let values) = value else { throw refuse(expected: "an array") }
    return values.enumerated().map { JSONNode($1, file: file, path: "\(path)[\($0)]") }
  }
}

// MARK: - Scalars

extension JSONNode {
  public func string() throws -> String {
    guard case .string(let text) = value else { throw refuse(expected: "a string") }
    return text
  }

  public func bool() throws -> Bool {
    guard case .bool(let flag) = value else { throw refuse(expected: "true or false") }
    return flag
  }

  public func int(in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
    guard case .integer(let number) = value, range.contains(Int(number)) else {
      let bounds =
        range.upperBound == .max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw refuse(expected: "an integer \(bounds)")
    }
    return Int(number)
  }

  /// A finite number; integers count.
  public func number() throws -> Double {
    switch value {
    case .real(let number) where number.isFinite: return number
    case .integer(let number): return Double(number)
    default: throw refuse(expected: "a finite number")
    }
  }
}
