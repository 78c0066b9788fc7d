import CleavePrompts
import CleaveStorage

/// The index entry of a captured sequence.
package struct SequenceRecord: Equatable, Sendable {
  /// The number of tokens.
  package var length: Int
  /// The number of tokens before the first that the model generated: all of them for a prompt that was not
  /// continued, 0 for a window of plain text.
  package var promptLength: Int
  package var split: Split
  /// The digest of the text.
  package var digest: ContentDigest
  /// The index of the source it came from: text files first, then prompts.
  package var source: Int

  /// The bytes of an encoded record: the digest and four integers of 32 bits.
  static let bytes = 48

  init(_ text: TrainingText) {
    length = text.tokens.count
    promptLength = text.promptLength
    split = text.split
    digest = text.digest
    source = text.source
  }

  var encoded: [UInt8] {
    var bytes = digest.bytes
    for number in [length, promptLength, split == .train ? 0 : 1, source] {
      withUnsafeBytes(of: UInt32(number).littleEndian) { bytes += $0 }
    }
    return bytes
  }

  /// - Parameter location: names the record in errors.
  /// - Throws: `InputError` for numbers that no capture has.
  init(_ bytes: ArraySlice<UInt8>, file: String, location: String) throws {
    precondition(bytes.count == Self.bytes)
    let numbers = (0..<4).map { index in
      (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + 32 + 4 * index + $1]) << (8 * $1) }
    }
    func refuse(_ what: String, _ found: Int, _ expected: String) -> InputError {
      InputError(
        file: file, location: "\(location), \(what)", found: "\(found)", expected: expected)
    }
    guard numbers[0] >= 1 else { throw refuse("length", numbers[0], "at least 1") }
    guard numbers[1] <= numbers[0] else {
      throw refuse("prompt length", numbers[1], "at most the length, \(numbers[0])")
    }
    guard numbers[2] <= 1 else { throw refuse("split", numbers[2], "0 or 1") }
    length = numbers[0]
    promptLength = numbers[1]
    split = numbers[2] == 0 ? .train : .heldOut
    source = numbers[3]
    digest = ContentDigest(bytes: bytes.prefix(32))
  }
}
