/// Reads sets as `UnicodeTables` has them: after a colon a name, then gaps and lengths. It goes byte by byte,
/// because a tokenizer should open in no time.
struct PackedSets {
  private(set) var sets: [String: ScalarSet] = [:]
  private var name: [UInt8] = []
  private var ranges: [Range<UInt32>] = []
  private var next: UInt32 = 0
  private var start: UInt32?

  init(_ text: String) {
    var word: [UInt8] = []
    for byte in text.utf8 {
      if byte > UInt8(ascii: " ") {
        word.append(byte)
      } else if !word.isEmpty {
        take(word)
        word.removeAll(keepingCapacity: true)
      }
    }
    if !word.isEmpty { take(word) }
    finish()
  }

  private mutating func take(_ word: [UInt8]) {
    if word[0] == UInt8(ascii: ":") {
      finish()
      name = Array(word.dropFirst())
      return
    }
    let number = word.reduce(UInt32(0)) { $0 * 36 + Self.digit($1) }
    if let first = start {
      next = first + number + 1
      ranges.append(first..<next)
      start = nil
    } else {
      start = next + number
    }
  }

  private mutating func finish() {
    sets[String(decoding: name, as: UTF8.self)] = ScalarSet(ranges: ranges)
    (ranges, next, start) = ([], 0, nil)
  }

  private static func digit(_ byte: UInt8) -> UInt32 {
    byte < UInt8(ascii: "a") ? UInt32(byte) - 48 : UInt32(byte) - 87
  }
}
