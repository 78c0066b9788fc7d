/// Finds what json-c lets pass in text it has found well formed. It keeps the last of two equal names
/// and says nothing (in a tensor header that hides a tensor), and even its strict mode takes strings
/// in single quotes, NaN and Infinity.
enum JSONStrictness {
  static func check(
    in text: UnsafeRawBufferPointer, file: String, place: String
  ) throws {
    /// Names seen in each open container; arrays hold an empty set.
    var open: [Set<[UInt8]>] = []
    var position = 0
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): open.append([])
      case UInt8(ascii: "}"), UInt8(ascii: "]"): open.removeLast()
      case UInt8(ascii: "\""):
        let name = decode(text, from: &position)
        guard isName(text, after: position), !open.isEmpty else { break }
        let shown = String(decoding: name, as: UTF8.self)
        // json-c keeps names as C strings, which a NUL would cut short.
        guard !name.contains(0) else {
          throw InputError(
            file: file, place: place, found: "a NUL character in the name \"\(shown)\"",
            expected: "names without NUL")
        }
        guard open[open.count - 1].insert(name).inserted else {
          throw InputError(
            file: file, place: place, found: "the name \"\(shown)\" twice in one object",
            expected: "every name once")
        }
      case UInt8(ascii: "'"), UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "/"):
        throw InputError(
          file: file, place: place,
          found: "'\(Character(Unicode.Scalar(text[position])))' at byte \(position)",
          expected: "valid UTF-8 JSON")
      default: break
      }
      position += 1
    }
  }

  /// Whether a colon follows: only a member's name has one.
  private static func isName(_ text: UnsafeRawBufferPointer, after position: Int) -> Bool {
    let rest = text[(position + 1)...]
    return rest.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ":")
  }

  /// The string that starts at `position`, escapes resolved; leaves `position` on its last quote.
  private static func decode(_ text: UnsafeRawBufferPointer, from position: inout Int) -> [UInt8] {
    var units: [UInt16] = []  // pending \u units, so that surrogate pairs meet
    var bytes: [UInt8] = []
    func flush() {
      guard !units.isEmpty else { return }
      bytes += Array(String(decoding: units, as: UTF16.self).utf8)
      units = []
    }
    position += 1
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      guard text[position] == UInt8(ascii: "\\"), position + 1 < text.count else {
        flush()
        bytes.append(text[position])
        position += 1
        continue
      }
      let escape = text[position + 1]
      position += 2
      if escape == UInt8(ascii: "u") {
        let digits = String(decoding: text[position..<min(position + 4, text.count)], as: UTF8.self)
        units.append(UInt16(digits, radix: 16) ?? 0xFFFD)
        position += 4
      } else {
        flush()
        bytes.append(simpleEscapes[escape] ?? escape)
      }
    }
    flush()
    return bytes
  }

  private static let simpleEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
    UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
  ]
}
