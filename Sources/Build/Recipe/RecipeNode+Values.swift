import CleaveStorage

/// The values of a section that was checked, by key.
extension RecipeNode {
  func text(_ key: String) -> String? { self[key]?.scalar }
  func integer(_ key: String) -> Int? { self[key]?.scalar.flatMap(RecipeScalar.integer) }
  func number(_ key: String) -> Double? { self[key]?.scalar.flatMap(RecipeScalar.number) }
  func flag(_ key: String) -> Bool? { self[key]?.scalar.map { $0 == "true" } }
  /// The elements of a list, or one value alone.
  func list(_ key: String) -> [RecipeNode] { self[key]?.elements ?? [] }

  /// A time in seconds, as in 20m.
  func seconds(_ key: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    return text(key).flatMap { text in
      text.last.flatMap { units[$0] }.flatMap { unit in Double(text.dropLast()).map { $0 * unit } }
    }
  }

  /// A size in bytes, as in 20G.
  func bytes(_ key: String) -> Int? {
    let units: [Character: Int] = ["K": 1000, "M": 1_000_000, "G": 1_000_000_000]
    guard let text = text(key), let unit = text.last.flatMap({ units[$0] }),
      let count = Int(text.dropLast())
    else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? .max : bytes
  }

  var scalar: String? { if case .scalar(let text, _) = value { text } else { nil } }

  var elements: [RecipeNode] {
    if case .list(let elements) = value { elements } else { [self] }
  }
}
