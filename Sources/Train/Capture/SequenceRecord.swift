import CleavePrompts
import CleaveStorage

/// What is known of a captured sequence without reading it.
package struct SequenceRecord: Equatable, Sendable {
  /// In tokens.
  package var length: Int
  /// Tokens before the first that the model wrote itself: all of them for a prompt that was not
  /// continued, 0 for a window of plain text.
  package var promptLength: Int
  package var split: Split
  /// Of its content.
  package var digest: ContentDigest
  /// Which of the sources it came from: text files first, then prompts.
  package var source: Int

  /// Bytes of a record: the digest and four integers of 32 bits.
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

  /// - Parameter place: names the record in errors.
  /// - Throws: `InputError` for numbers that cannot be.
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
