import CleaveStorage

/// The way in which a package stores quantized weights in safetensors files, as config.json states
/// it.
protocol QuantizationScheme: Sendable {
  /// The scheme's name in messages and in provenance.
  var name: String { get }
  /// What follows a module's name in the names of the parts of its weight.
  var parts: [String] { get }
  /// What follows a module's name in the names of tensors that say nothing of weights, such as the
  /// scales of activations. They are left out.
  var dropped: [String] { get }
  /// The weight of a module that has parts.
  ///
  /// - Throws: `InputError` for parts that are missing or that do not fit one another.
  func matrix(of module: QuantizedModule) throws -> any QuantizedMatrix
}

extension QuantizationScheme {
  var dropped: [String] { [] }

  /// Whether a module's weight is stored as floats, as modules are that the package left alone.
  func isPlain(_ module: QuantizedModule) -> Bool {
    let others = parts.filter { $0 != QuantizedModule.weight && module.optional($0) != nil }
    guard others.isEmpty else { return false }
    return module.optional(QuantizedModule.weight)?.isPlain ?? true
  }

  /// The names of weights, each in place of those of its parts.
  func weightNames(_ names: Set<String>) -> Set<String> {
    Set(
      names.compactMap { name in
        if dropped.contains(where: name.hasSuffix) { return nil }
        return module(of: name).map { $0 + QuantizedModule.weight } ?? name
      })
  }

  /// What stands before a part in its name. Parts whose names end in an asterisk may go on. Names are compared byte by
  /// byte: a step back by characters looks at all regional indicators that stand before it.
  private func module(of name: String) -> String? {
    let bytes = Array(name.utf8)
    for part in parts {
      let mayGoOn = part.hasSuffix("*")
      let wanted = Array(part.utf8.dropLast(mayGoOn ? 1 : 0))
      guard bytes.count >= wanted.count else { continue }
      let last = bytes.count - wanted.count
      let places = mayGoOn ? 0...last : last...last
      if let place = places.last(where: { bytes[$0...].starts(with: wanted) }) {
        return String(decoding: bytes[..<place], as: UTF8.self)
      }
    }
    return nil
  }
}
