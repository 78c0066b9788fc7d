import Glibc

/// Where the tables of a `tokenizer.bin` begin, in bytes, as its counts say.
struct TokenizerLayout: Equatable, Sendable {
  /// The highest id + 1, added tokens included.
  var tokens = 0
  /// Tokens that the model has itself.
  var modelTokens = 0
  var merges = 0
  var textBytes = 0
  var settingsBytes = 0

  static let magic = Array("cleavtok".utf8)
  static let version: UInt32 = 1
  /// Magic, version and the counts, then the SHA-256 of the tokenizer.json.
  static let digestStart = 32
  static let headerBytes = 64
  /// For a byte without a token.
  static let none = UInt32.max
  /// Set in a text's start for an id without a token.
  static let absent: UInt32 = 1 << 31

  var byteTokens: Int { Self.headerBytes }
  var textStarts: Int { byteTokens + 4 * 256 }
  var order: Int { textStarts + 4 * (tokens + 1) }
  var mergeStarts: Int { order + 4 * modelTokens }
  var mergeRights: Int { mergeStarts + 4 * (tokens + 1) }
  var mergeRanks: Int { mergeRights + 4 * merges }
  var mergeResults: Int { mergeRanks + 4 * merges }
  var text: Int { mergeResults + 4 * merges }
  var settings: Int { text + textBytes }
  var end: Int { settings + settingsBytes }

  /// The counts in the order of the header, from its byte 12 on.
  var counts: [Int] { [tokens, modelTokens, merges, textBytes, settingsBytes] }
  static let countsStart = 12
}

/// The order of byte strings, which is that of the characters in UTF-8.
enum ByteOrder {
  /// Below 0 when `first` comes before `second`, above 0 when after, 0 when they are the same.
  static func compare(
    _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let shared = min(first.count, second.count)
    if shared > 0 {
      let order = memcmp(first.baseAddress!, second.baseAddress!, shared)
      if order != 0 { return Int(order) }
    }
    return first.count - second.count
  }
}
