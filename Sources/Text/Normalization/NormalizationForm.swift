@_spi(_Unicode) import Swift

/// A normalization form of Unicode Standard Annex 15, by Swift's tables and those of compatibility
/// decompositions, for the scalars that the tokenizers package knows.
struct NormalizationForm: Sendable, Equatable {
  var composes: Bool
  /// Whether characters are replaced by those that they are compatible with (NFKC, NFKD).
  var isCompatible = false

  /// The Unicode version of the tokenizers package's tables. It takes later scalars for unassigned, which never change,
  /// never move and keep what is around them apart.
  private static let version = 9

  /// The first scalar that the form can change.
  private var first: UInt32 { isCompatible ? 0xA0 : composes ? 0x300 : 0xC0 }

  func apply(to text: [UInt8]) -> [UInt8] {
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
    guard scalars.contains(where: { $0.value >= first }) else { return text }
    var result = String.UnicodeScalarView()
    var known = String.UnicodeScalarView()
    for scalar in scalars {
      if Self.isUnknown(scalar) {
        append(known, to: &result)
        known = String.UnicodeScalarView()
        result.append(scalar)
      } else if isCompatible, scalar.value >= 0xA0, let others = CompatibilityTable.shared[scalar] {
        for other in others { known.append(other) }
      } else {
        known.append(scalar)
      }
    }
    append(known, to: &result)
    return Array(String(result).utf8)
  }

  private func append(_ known: String.UnicodeScalarView, to result: inout String.UnicodeScalarView)
  {
    // One by one: `append(contentsOf:)` goes over all that `result` has.
    if composes {
      for scalar in String(known)._nfc { result.append(scalar) }
    } else {
      for scalar in String(known)._nfd { result.append(scalar) }
    }
  }

  private static func isUnknown(_ scalar: Unicode.Scalar) -> Bool {
    // Latin, Greek and ideographs of the first versions need no lookup.
    if scalar.value < 0x370 || (0x4E00..<0x9FA6).contains(scalar.value) { return false }
    return (scalar.properties.age?.major ?? .max) > version
  }
}
