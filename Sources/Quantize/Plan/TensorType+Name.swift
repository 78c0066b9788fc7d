import CleaveStorage

extension TensorType {
  /// Finds a type by name, regardless of case.
  package init?(named name: String) {
    let type = Self.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
    guard let type else { return nil }
    self = type
  }
}
