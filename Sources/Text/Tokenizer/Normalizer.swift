@_spi(_Unicode) import Swift

/// The changes made to a text before anything is looked up in it: `normalizer` of a tokenizer.json.
struct Normalizer: Sendable, Equatable {
  enum Stage: Sendable, Equatable {
    /// Replaces each occurrence from the left, without overlaps.
    case replace([UInt8], with: [UInt8])
    /// Puts a prefix before a text that is not empty.
    case prepend([UInt8])
    /// Canonical composition and decomposition (Unicode Standard Annex 15), using Swift's tables.
    case compose
    case decompose
    case lowercase
    /// Removes white space at the ends.
    case strip(left: Bool, right: Bool)
  }

  let stages: [Stage]

  static let none = Normalizer(stages: [])

  var isIdentity: Bool { stages.isEmpty }

  func callAsFunction(_ text: some Sequence<UInt8>) -> [UInt8] {
    stages.reduce(into: Array(text)) { text, stage in text = stage.apply(to: text) }
  }
}

extension Normalizer.Stage {
  fileprivate func apply(to text: [UInt8]) -> [UInt8] {
    switch self {
    case .replace(let pattern, let content): return Self.replace(pattern, content, in: text)
    case .prepend(let prefix): return text.isEmpty ? text : prefix + text
    case .compose: return Self.scalars(text, below: 0x300) { $0._nfc.map { $0 } }
    case .decompose: return Self.scalars(text, below: 0xC0) { $0._nfd.map { $0 } }
    case .lowercase: return Self.lowercased(text)
    case .strip(let left, let right): return Self.strip(text, left: left, right: right)
    }
  }

  private static func replace(_ pattern: [UInt8], _ content: [UInt8], in text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      if text[position] == pattern[0], text[position...].starts(with: pattern) {
        result += content
        position += pattern.count
      } else {
        result.append(text[position])
        position += 1
      }
    }
    return result
  }

  /// Applies `change` to the text; skipped if no scalar reaches the first one that can change.
  private static func scalars(
    _ text: [UInt8], below limit: UInt32, _ change: (String) -> [Unicode.Scalar]
  ) -> [UInt8] {
    let string = String(decoding: text, as: UTF8.self)
    guard string.unicodeScalars.contains(where: { $0.value >= limit }) else { return text }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: change(string))
    return Array(String(result).utf8)
  }

  /// Lowercases each scalar by itself, as Rust's `char::to_lowercase`, so that a final sigma has no
  /// special form.
  private static func lowercased(_ text: [UInt8]) -> [UInt8] {
    String(decoding: text, as: UTF8.self).unicodeScalars.flatMap {
      Array($0.properties.lowercaseMapping.utf8)
    }
  }

  private static func strip(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    text.withUnsafeBufferPointer { bytes in
      let start = left ? WordBoundary.spaceEnd(in: bytes, after: 0) : 0
      let end =
        right
        ? WordBoundary.spaceStart(in: bytes, before: bytes.count, notBefore: start) : bytes.count
      return Array(bytes[start..<max(start, end)])
    }
  }
}
