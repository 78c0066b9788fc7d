/// A `tokenizer.bin` as specs/artifact.md lays it out, to look at and to damage.
struct TablesFile {
  enum Table: Int, CaseIterable {
    case byteTokens, textStarts, order, mergeStarts, rights, ranks, results, text
  }

  private(set) var bytes: [UInt8]
  let tokens: Int
  let modelTokens: Int
  let merges: Int
  let textBytes: Int

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    func count(_ index: Int) -> Int { Self.number(bytes, at: 12 + 4 * index) }
    (tokens, modelTokens, merges, textBytes) = (count(0), count(1), count(2), count(3))
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  func offset(of table: Table) -> Int {
    let lengths = [256, tokens + 1, modelTokens, tokens + 1, merges, merges, merges]
    return 64 + 4 * lengths[..<table.rawValue].reduce(0, +)
  }

  var settings: Int { offset(of: .text) + textBytes }

  func get(_ table: Table, _ index: Int) -> Int {
    Self.number(bytes, at: offset(of: table) + 4 * index)
  }

  mutating func set(_ table: Table, _ index: Int, _ value: Int) {
    set(at: offset(of: table) + 4 * index, value)
  }

  mutating func set(at offset: Int, _ value: Int) {
    for byte in 0..<4 { bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
  }

  mutating func resize(by count: Int) {
    if count < 0 { bytes.removeLast(-count) } else { bytes += repeatElement(0, count: count) }
  }

  /// The bytes with other settings, their length in the header made right.
  func withSettings(_ change: (String) -> String) -> [UInt8] {
    var other = self
    let text = Array(change(String(decoding: bytes[settings...], as: UTF8.self)).utf8)
    other.bytes.replaceSubrange(settings..., with: text)
    other.set(at: 28, text.count)
    return other.bytes
  }
}

extension String {
  /// Every occurrence replaced.
  func replacing(_ old: String, with new: String) -> String {
    var result: [UInt8] = []
    var rest = Array(utf8)[...]
    while !rest.isEmpty {
      if rest.starts(with: old.utf8) {
        result += new.utf8
        rest = rest.dropFirst(old.utf8.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
