/// The compatibility decompositions that are not canonical, unpacked from `NormalizationTables`.
struct CompatibilityTable: Sendable {
  static let shared = CompatibilityTable(NormalizationTables.decompositions)

  private var targets: [UInt32: [Unicode.Scalar]] = [:]
  private var next: UInt32 = 0
  /// What the scalar before became, if that is one scalar.
  private var last: UInt32?

  private init(_ text: String) {
    for word in text.utf8.split(whereSeparator: { $0 <= UInt8(ascii: " ") }) {
      switch word.first {
      case UInt8(ascii: "~"): next += Self.number(word.dropFirst())
      case UInt8(ascii: "."):
        for _ in 0..<Self.number(word.dropFirst()) { add([(last ?? 0) + 1]) }
      default: add(word.split(separator: UInt8(ascii: "+")).map(Self.number))
      }
    }
  }

  private mutating func add(_ scalars: [UInt32]) {
    targets[next] = scalars.compactMap { Unicode.Scalar($0) }
    last = scalars.count == 1 ? scalars[0] : nil
    next += 1
  }

  private static func number(_ digits: Substring.UTF8View) -> UInt32 {
    digits.reduce(0) { $0 * 36 + UInt32($1) - ($1 < UInt8(ascii: "a") ? 48 : 87) }
  }

  /// The scalars that stand for `scalar`; nil if it stands for itself.
  subscript(scalar: Unicode.Scalar) -> [Unicode.Scalar]? { targets[scalar.value] }
}
