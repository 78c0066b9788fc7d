extension JSONNode {
  /// The case of a string enumeration.
  ///
  /// - Throws: `InputError` that lists the cases.
  package func oneOf<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) throws -> Value
  where Value.RawValue == String {
    guard let value = Value(rawValue: try string()) else {
      throw refuse(
        expected: "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }
}
