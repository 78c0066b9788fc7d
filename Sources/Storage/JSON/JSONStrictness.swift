/// A check for what json-c accepts although it is not JSON. json-c keeps the last of two equal names and
/// says nothing (in a tensor header that hides a tensor); even its strict mode takes
/// strings in single quotes, control characters in strings, numbers that end in a point, NaN and
/// Infinity; and version 0.16 turns some surrogate pairs into U+FFFD.
struct JSONStrictness {
  private let text: UnsafeRawBufferPointer
  private let file: String
  private let location: String
  /// Whether half a surrogate pair is refused, which is otherwise read as U+FFFD.
  private let refusesHalves: Bool
  private var position = 0
  private var open: [Container] = []
  /// The ranges of the names of the open containers, those of the innermost last.
  private var names: [Range<Int>] = []

  /// The names seen in an open object; an array has none.
  private struct Container {
    /// The index of its first name in `names`.
    let first: Int
    /// All of its names, when they are many or one is written with escapes.
    var many: Set<[UInt8]>?
  }

  /// The number of names up to which they are compared one by one, which for most objects is faster than a set.
  private static let fewNames = 16

  static func check(
    _ text: UnsafeRawBufferPointer, file: String, location: String, refusesHalves: Bool
  ) throws {
    var scan = JSONStrictness(
      text: text, file: file, location: location, refusesHalves: refusesHalves)
    try scan.run()
  }

  private init(
    text: UnsafeRawBufferPointer, file: String, location: String, refusesHalves: Bool
  ) {
    self.text = text
    self.file = file
    self.location = location
    self.refusesHalves = refusesHalves
  }

  private func refuse(_ found: String, _ expected: String) -> InputError {
    InputError(file: file, location: location, found: found, expected: expected)
  }

  private func refuseByte() -> InputError {
    refuse(
      "'\(Character(Unicode.Scalar(text[position])))' at byte \(position)", "valid UTF-8 JSON")
  }

  private mutating func run() throws {
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(Container(first: names.count))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        let closed = open.removeLast()
        names.removeLast(names.count - closed.first)
      case UInt8(ascii: "\""): try string()
      case UInt8(ascii: "'"), UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "/"):
        throw refuseByte()
      case UInt8(ascii: "."):
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard position + 1 < text.count, digits.contains(text[position + 1]) else {
          throw refuseByte()
        }
      default: break
      }
      position += 1
    }
  }

  /// Checks the string that starts here; leaves `position` on its last quote.
  private mutating func string() throws {
    let start = position + 1
    var hasEscape = false
    position = start
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      guard text[position] >= 0x20 else { throw refuseByte() }
      if text[position] == UInt8(ascii: "\\") {
        hasEscape = true
        position += 1
      }
      position += 1
    }
    guard position < text.count else { return }  // json-c has refused it already
    let isName = isName()
    if hasEscape {
      let value = try unescaped(bytes(start..<position))
      if isName { try record(value) }
    } else if isName {
      try record(start..<position)
    }
  }

  private func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: text[range])
  }

  /// Whether the string before `position` is a member's name: a colon follows it.
  private func isName() -> Bool {
    var next = position + 1
    while next < text.count, text[next] <= 0x20 { next += 1 }
    return next < text.count && text[next] == UInt8(ascii: ":") && !open.isEmpty
  }

  /// Records a name without escapes.
  private mutating func record(_ name: Range<Int>) throws {
    let first = open[open.count - 1].first
    guard open[open.count - 1].many == nil, names.count - first < Self.fewNames else {
      return try record(Array(bytes(name)))
    }
    let isNew = names[first...].allSatisfy {
      $0.count != name.count || !bytes($0).elementsEqual(bytes(name))
    }
    guard isNew else { throw refuseTwice(Array(bytes(name))) }
    names.append(name)
  }

  private mutating func record(_ name: [UInt8]) throws {
    // json-c keeps names as C strings, which a NUL would cut short.
    guard !name.contains(0) else {
      throw refuse(
        "a NUL character in the name \"\(String(decoding: name, as: UTF8.self))\"",
        "names without NUL")
    }
    let last = open.count - 1
    if open[last].many == nil {
      open[last].many = Set(names[open[last].first...].map { Array(bytes($0)) })
    }
    guard open[last].many?.insert(name).inserted == true else { throw refuseTwice(name) }
  }

  private func refuseTwice(_ name: [UInt8]) -> InputError {
    refuse(
      "the name \"\(String(decoding: name, as: UTF8.self))\" twice in one object",
      "every name once")
  }

  /// The string's bytes with its escapes resolved.
  private func unescaped(_ raw: UnsafeRawBufferPointer) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var units: [UInt16] = []  // pending \u units, so that surrogate pairs meet
    func flush() throws {
      guard !units.isEmpty else { return }
      let scalars = String(decoding: units, as: UTF16.self)
      guard !refusesHalves || Array(scalars.utf16) == units else {
        throw refuse("half of a surrogate pair as \\u escape", "whole characters")
      }
      if let wrong = scalars.unicodeScalars.first(where: Self.isReadWrong) {
        throw refuse(
          "the character U+\(String(wrong.value, radix: 16, uppercase: true)) as \\u escapes",
          "the character itself: json-c reads its escapes wrong")
      }
      bytes += Array(scalars.utf8)
      units = []
    }
    var index = 0
    while index < raw.count {
      guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.count else {
        try flush()
        bytes.append(raw[index])
        index += 1
        continue
      }
      let escape = raw[index + 1]
      index += 2
      if escape == UInt8(ascii: "u") {
        let end = min(index + 4, raw.count)
        units.append(UInt16(String(decoding: raw[index..<end], as: UTF8.self), radix: 16) ?? 0xFFFD)
        index = end
      } else {
        try flush()
        bytes.append(Self.simpleEscapes[escape] ?? escape)
      }
    }
    try flush()
    return bytes
  }

  /// Whether json-c 0.16 takes the pair of this scalar for a lone surrogate, as it does when the low 16 bits of its scalar look like one.
  private static func isReadWrong(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0xFFFF && (0xD800...0xDFFF).contains(scalar.value & 0xFFFF)
  }

  private static let simpleEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
    UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
  ]
}
