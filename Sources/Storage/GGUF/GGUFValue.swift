/// A metadata value of a GGUF file.
package enum GGUFValue: Equatable {
  case unsigned(UInt64)
  case signed(Int64)
  case float(Double)
  case bool(Bool)
  case string(String)
  case array([GGUFValue])

  /// The kind of the value in words, for errors.
  package var kind: String {
    switch self {
    case .unsigned, .signed: "an integer"
    case .float: "a number"
    case .bool: "a boolean"
    case .string: "a string"
    case .array: "an array"
    }
  }

  /// The value in short, for display.
  package var shown: String {
    switch self {
    case .unsigned(let value): "\(value)"
    case .signed(let value): "\(value)"
    case .float(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let text): "\"\(text.shown(limit: 80))\""
    case .array(let values) where values.count <= 8:
      "[\(values.map(\.shown).joined(separator: ", "))]"
    case .array(let values): "\(values.count) values"
    }
  }

  /// The type codes of the format.
  enum Code: UInt32 {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64,
      float64

    /// The fewest bytes a value of the type takes in the file, which bounds the count of an array
    /// before it is trusted.
    var leastBytes: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .string, .uint64, .int64, .float64: 8
      case .array: 12
      }
    }
  }

  /// The deepest nesting of arrays that is read. The format has no limit; a hostile file could
  /// exhaust the stack.
  private static let deepestArray = 4

  static func read(_ cursor: inout GGUFCursor, key: String) throws -> GGUFValue {
    try value(of: try code(&cursor, key), &cursor, key, depth: 0)
  }

  private static func code(_ cursor: inout GGUFCursor, _ key: String) throws -> Code {
    let raw = try cursor.read(UInt32.self, key)
    guard let code = Code(rawValue: raw) else {
      throw cursor.refuse(key, found: "value type \(raw)", expected: "a value type from 0 to 12")
    }
    return code
  }

  private static func value(
    of code: Code, _ cursor: inout GGUFCursor, _ key: String, depth: Int
  ) throws -> GGUFValue {
    switch code {
    case .uint8: return .unsigned(UInt64(try cursor.read(UInt8.self, key)))
    case .uint16: return .unsigned(UInt64(try cursor.read(UInt16.self, key)))
    case .uint32: return .unsigned(UInt64(try cursor.read(UInt32.self, key)))
    case .uint64: return .unsigned(try cursor.read(UInt64.self, key))
    case .int8: return .signed(Int64(try cursor.read(Int8.self, key)))
    case .int16: return .signed(Int64(try cursor.read(Int16.self, key)))
    case .int32: return .signed(Int64(try cursor.read(Int32.self, key)))
    case .int64: return .signed(try cursor.read(Int64.self, key))
    case .float32:
      return .float(Double(Float(bitPattern: try cursor.read(UInt32.self, key))))
    case .float64: return .float(Double(bitPattern: try cursor.read(UInt64.self, key)))
    case .string: return .string(try cursor.string(key))
    case .bool:
      let byte = try cursor.read(UInt8.self, key)
      guard byte <= 1 else {
        throw cursor.refuse(key, found: "the byte \(byte)", expected: "0 or 1 for a boolean")
      }
      return .bool(byte == 1)
    case .array: return try array(&cursor, key, depth: depth + 1)
    }
  }

  private static func array(
    _ cursor: inout GGUFCursor, _ key: String, depth: Int
  ) throws -> GGUFValue {
    guard depth <= deepestArray else {
      throw cursor.refuse(
        key, found: "arrays nested \(depth) deep", expected: "at most \(deepestArray)")
    }
    let element = try code(&cursor, key)
    let count = try cursor.read(UInt64.self, key)
    guard count <= UInt64(cursor.remaining / element.leastBytes) else {
      throw cursor.refuse(
        key, found: "an array of \(count) elements",
        expected: "at most the \(cursor.remaining / element.leastBytes) that fit in the file")
    }
    try cursor.claim(elements: Int(count), key)
    var values: [GGUFValue] = []
    values.reserveCapacity(Int(count))
    for _ in 0..<count {
      values.append(try value(of: element, &cursor, key, depth: depth))
    }
    return .array(values)
  }
}
