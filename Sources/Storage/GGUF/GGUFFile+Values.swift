/// Typed access to metadata, with errors that name the key. A missing key is nil, a value of
/// another type an `InputError`.
extension GGUFFile {
  package func int(_ key: String) throws -> Int? {
    switch self[key] {
    case nil: return nil
    case .unsigned(let value)? where value <= UInt64(Int.max): return Int(value)
    case .signed(let value)? where value >= 0: return Int(value)
    case let value?: throw refuse(key, value, "a whole number of at least 0")
    }
  }

  package func number(_ key: String) throws -> Double? {
    switch self[key] {
    case nil: return nil
    case .float(let value)? where value.isFinite: return value
    case .unsigned(let value)?: return Double(value)
    case .signed(let value)?: return Double(value)
    case let value?: throw refuse(key, value, "a finite number")
    }
  }

  package func bool(_ key: String) throws -> Bool? {
    switch self[key] {
    case nil: return nil
    case .bool(let value)?: return value
    case let value?: throw refuse(key, value, "true or false")
    }
  }

  package func string(_ key: String) throws -> String? {
    switch self[key] {
    case nil: return nil
    case .string(let value)?: return value
    case let value?: throw refuse(key, value, "a string")
    }
  }

  package func strings(_ key: String) throws -> [String]? {
    guard let value = self[key] else { return nil }
    guard case .array(let elements) = value else { throw refuse(key, value, "an array of strings") }
    return try elements.map {
      guard case .string(let text) = $0 else { throw refuse(key, $0, "strings only") }
      return text
    }
  }

  package func numbers(_ key: String) throws -> [Double]? {
    guard let value = self[key] else { return nil }
    guard case .array(let elements) = value else { throw refuse(key, value, "an array of numbers") }
    return try elements.map {
      guard case .float(let number) = $0 else { throw refuse(key, $0, "numbers only") }
      return number
    }
  }

  package func ints(_ key: String) throws -> [Int]? {
    guard let value = self[key] else { return nil }
    guard case .array(let elements) = value else {
      throw refuse(key, value, "an array of integers")
    }
    return try elements.map {
      switch $0 {
      case .unsigned(let number) where number <= UInt64(Int.max): return Int(number)
      case .signed(let number): return Int(number)
      default: throw refuse(key, $0, "integers only")
      }
    }
  }

  package func required<Value>(_ value: Value?, _ key: String) throws -> Value {
    guard let value else {
      throw InputError(
        file: file.path, location: "metadata", found: "no \(key)", expected: "a value of that key")
    }
    return value
  }

  private func refuse(_ key: String, _ value: GGUFValue, _ expected: String) -> InputError {
    InputError(file: file.path, location: key, found: value.kind, expected: expected)
  }
}
