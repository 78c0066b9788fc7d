/// SentencePiece's compiled character map (`precompiled_charsmap`): texts of one or a few scalars and what
/// each becomes. It holds a double-array trie of the former (darts-clone) and the latter one after another, each ended by a
/// NUL.
struct CharacterMap: Sendable, Equatable {
  /// The units of the trie.
  private let units: [UInt32]
  private let texts: [UInt8]
  /// The most bytes that the map writes for a text.
  private(set) var longestText = 0

  /// What is wrong with a map.
  struct Fault: Error {
    let found: String
    let expected: String
  }

  /// The longest text that replaces another, in bytes. SentencePiece's own have 33; a hostile map could make texts
  /// grow without bounds.
  private static let mostBytes = 256

  init(_ bytes: [UInt8]) throws(Fault) {
    func number(_ start: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
    }
    guard bytes.count >= 4 else {
      throw Fault(found: "\(bytes.count) bytes", expected: "a map with the size of its trie")
    }
    let size = Int(number(0))
    guard size >= 4, size % 4 == 0, size <= bytes.count - 4 else {
      throw Fault(
        found: "a trie of \(size) bytes",
        expected: "whole units of 4 bytes, within the \(bytes.count - 4) that follow")
    }
    units = stride(from: 4, to: 4 + size, by: 4).map(number)
    texts = Array(bytes[(4 + size)...])
    guard String(validating: texts, as: UTF8.self) != nil else {
      throw Fault(found: "texts that are not UTF-8", expected: "UTF-8")
    }
    guard Self.isNode(units[0]) else {
      throw Fault(found: "a leaf as the first unit", expected: "the root of a trie")
    }
    try check()
  }

  /// Checks that all that a search can reach is inside the trie and the texts.
  private mutating func check() throws(Fault) {
    for (index, unit) in units.enumerated() where Self.isNode(unit) {
      let base = index ^ Self.offset(unit)
      guard base | 0xFF < units.count else {
        throw Fault(
          found: "a unit \(index) whose children begin at \(base)",
          expected: "children within the \(units.count) units")
      }
      guard Self.hasValue(unit) else { continue }
      let start = Int(units[base] & 0x7FFF_FFFF)
      guard start < texts.count, texts[start] & 0xC0 != 0x80,
        let end = texts[start...].prefix(Self.mostBytes + 1).firstIndex(of: 0)
      else {
        throw Fault(
          found: "a text at \(start) of \(texts.count) bytes",
          expected: "a text of at most \(Self.mostBytes) bytes with a NUL behind it")
      }
      longestText = max(longestText, end - start)
    }
  }

  private static func isNode(_ unit: UInt32) -> Bool { unit >> 31 == 0 }
  private static func label(_ unit: UInt32) -> UInt32 { unit & 0x8000_00FF }
  private static func hasValue(_ unit: UInt32) -> Bool { unit >> 8 & 1 == 1 }
  private static func offset(_ unit: UInt32) -> Int {
    Int((unit >> 10) << (unit >> 6 & 8))
  }

  /// What the shortest text of the map with which `text` begins becomes; nil if there is none.
  private func replacement(for text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var position = Self.offset(units[0])
    for byte in text {
      if byte == 0 { break }
      position ^= Int(byte)
      let unit = units[position]
      guard Self.label(unit) == UInt32(byte) else { return nil }
      position ^= Self.offset(unit)
      if Self.hasValue(unit) {
        let start = Int(units[position] & 0x7FFF_FFFF)
        return texts[start...].prefix { $0 != 0 }
      }
    }
    return nil
  }

  /// Replaces what the map has. As in the tokenizers package, a grapheme cluster of less than six bytes is looked up as a
  /// whole, of which the beginning counts, and else each of its scalars.
  func apply(to text: [UInt8]) -> [UInt8] {
    let string = String(decoding: text, as: UTF8.self)
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = string.startIndex
    var position = 0
    while index < string.endIndex {
      let next = string.index(after: index)
      let end = position + string.utf8.distance(from: index, to: next)
      let cluster = text[position..<end]
      if cluster.count < 6, let whole = replacement(for: cluster) {
        result += whole
      } else {
        appendScalars(of: cluster, to: &result)
      }
      (index, position) = (next, end)
    }
    return result
  }

  private func appendScalars(of cluster: ArraySlice<UInt8>, to result: inout [UInt8]) {
    var rest = cluster
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let scalar = rest.prefix(length)
      result += replacement(for: scalar) ?? scalar
      rest = rest.dropFirst(length)
    }
  }
}
