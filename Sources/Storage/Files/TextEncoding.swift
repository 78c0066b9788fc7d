/// What tells texts in UTF-8 from those in other encodings.
package enum TextEncoding {
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// Byte order marks of other encodings, the longer before those that they begin with.
  private static let others: [(mark: [UInt8], name: String)] = [
    ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"),
    ([0xFF, 0xFE], "UTF-16"), ([0xFE, 0xFF], "UTF-16"),
  ]

  /// The offset where a text begins: after a byte order mark, if there is one.
  ///
  /// - Throws: `InputError` for a text in UTF-16 or UTF-32, and for an archive, with what to do.
  package static func start(of file: MappedFile) throws -> Int {
    let beginning = file.withBytes(0..<min(file.count, 1024)) { Array($0) }
    if beginning.starts(with: mark) { return mark.count }
    if let kind = FileKind(of: file), kind != .json, isNoText(kind, beginning) {
      throw kind.refusal(file: file.path, expected: "a text")
    }
    guard let name = other(beginning) else { return 0 }
    throw InputError(
      file: file.path, found: "\(name) text", expected: "UTF-8",
      advice: "Convert it: iconv -f \(name) -t UTF-8 FILE > NEW")
  }

  /// Whether a file is surely of a kind that is no text. A text may begin as some kinds do, but then
  /// goes on as UTF-8.
  private static func isNoText(_ kind: FileKind, _ beginning: [UInt8]) -> Bool {
    kind == .gitLFSPointer
      || (!kind.isMarkup && String(validating: beginning.prefix(64), as: UTF8.self) == nil)
  }

  /// The error of a text that is in no encoding that shows.
  package static func notUTF8(_ path: String) -> InputError {
    InputError(
      file: path, found: "bytes that are not UTF-8", expected: "UTF-8 text",
      advice: "Convert it, as with: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW")
  }

  /// The encoding of a text that is not in UTF-8, by its mark, or by the zeros that UTF-16 has in
  /// every second byte of plain letters.
  private static func other(_ bytes: [UInt8]) -> String? {
    if let known = others.first(where: { bytes.starts(with: $0.mark) }) { return known.name }
    let pairs = bytes.count / 2
    let zeros = (0...1).map { odd in (0..<pairs).count { bytes[2 * $0 + odd] == 0 } }
    guard pairs >= 2, max(zeros[0], zeros[1]) > pairs / 2, min(zeros[0], zeros[1]) == 0 else {
      return nil
    }
    return zeros[0] == 0 ? "UTF-16LE" : "UTF-16BE"
  }
}
