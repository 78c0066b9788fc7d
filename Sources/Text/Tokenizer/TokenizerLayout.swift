/// The byte offsets of the tables in a `tokenizer.bin`, computed from its counts.
struct TokenizerLayout: Equatable, Sendable {
  /// The highest id plus 1, including added tokens.
  var tokens = 0
  /// The number of tokens in the model itself.
  var modelTokens = 0
  var merges = 0
  var textBytes = 0
  var settingsBytes = 0

  static let magic = Array("cleavtok".utf8)
  static let version: UInt32 = 1
  /// The header holds magic, version and counts, then the SHA-256 of the tokenizer.json.
  static let digestStart = 32
  static let headerBytes = 64
  /// The value for a byte without a token.
  static let none = UInt32.max
  /// The flag in a text's start for an id without a token.
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

  /// The counts in header order, which begin at byte 12.
  var counts: [Int] { [tokens, modelTokens, merges, textBytes, settingsBytes] }
  static let countsStart = 12
}
