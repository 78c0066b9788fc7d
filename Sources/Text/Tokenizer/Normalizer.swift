/// The changes made to a text before anything is looked up in it: `normalizer` of a tokenizer.json.
struct Normalizer: Sendable, Equatable {
  enum Stage: Sendable, Equatable {
    /// Replaces each occurrence from the left, without overlaps.
    case replace([UInt8], with: [UInt8])
    /// Puts a prefix before a text that is not empty.
    case prepend([UInt8])
    /// Replaces the matches of a regular expression.
    case replaceMatches(Pattern, with: [UInt8])
    case form(NormalizationForm)
    case characters(CharacterStep)
    case map(CharacterMap)
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
    case .replaceMatches(let pattern, let content): return Self.replace(pattern, content, in: text)
    case .form(let form): return form.apply(to: text)
    case .characters(let step): return step.apply(to: text)
    case .map(let map): return map.apply(to: text)
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

  private static func replace(_ pattern: Pattern, _ content: [UInt8], in text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { text in
      pattern.parts(of: text) { range, isMatch in
        if isMatch { result += content } else { result += text[range] }
      }
    }
    return result
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
