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
        guard let part = part(in: name) else { return name }
        return name[..<part.lowerBound] + QuantizedModule.weight
      })
  }

  /// Where in the name of a part the module's name ends. Parts whose names end in an asterisk may
  /// go on.
  private func part(in name: String) -> Range<String.Index>? {
    for part in parts {
      if part.hasSuffix("*") {
        if let range = name.range(of: part.dropLast()) { return range }
      } else if name.hasSuffix(part) {
        return name.index(name.endIndex, offsetBy: -part.count)..<name.endIndex
      }
    }
    return nil
  }
}

extension String {
  /// The last place of a text in this one. (Foundation has one; the standard library has not.)
  fileprivate func range(of text: some StringProtocol) -> Range<Index>? {
    var start = endIndex
    while start >= startIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      guard start > startIndex else { return nil }
      start = index(before: start)
    }
    return nil
  }
}
